//! A certificate that exists is changed, renewed, issued again or copied: what of the form for a new one is asked, and what
//! comes from the earlier one.
use serde_json::{Map, Value};

use crate::{
    acts::{
        draft::{CopyOf, Replaces, Request},
        look,
    },
    app::App,
    hall::{certificate::Replacement, item::Item},
    web::{
        blocks,
        error::Error,
        guard::csrf::Sent,
        kit::{Field, Group, Kind},
    },
};

/// What is to become of which certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    how: How,
    number: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Replaced(Replacement),
    Copied,
}

impl Again {
    /// From the words of an address or a form; none: something new is asked for.
    pub fn of(how: &str, number: &str) -> Option<Self> {
        let how = if how == "copy" { How::Copied } else { How::Replaced(how.parse().ok()?) };
        Some(Self { how, number: number.to_owned() })
    }

    /// From a form that was sent.
    pub fn sent(sent: &Sent) -> Option<Self> {
        Self::of(sent.text("how"), sent.text("of"))
    }

    /// The hidden fields that say it.
    pub fn hidden(&self) -> Vec<(&'static str, String)> {
        let how = match self.how {
            How::Replaced(how) => how.as_str(),
            How::Copied => "copy",
        };
        vec![("how", how.to_owned()), ("of", self.number.clone())]
    }

    /// What it is called.
    pub fn title(&self) -> &'static str {
        match self.how {
            How::Replaced(how) => how.title(),
            How::Copied => "加注件",
        }
    }

    /// Whether the content is asked for: a reissue and a copy say what the earlier one says.
    pub fn asks_content(&self) -> bool {
        matches!(self.how, How::Replaced(Replacement::Change | Replacement::Renewal))
    }

    /// What is asked for instead.
    pub fn group(&self, sent: Option<&Sent>) -> Group {
        let value = |name: &str| sent.map(|sent| sent.text(name).to_owned()).unwrap_or_default();
        let fields = match self.how {
            How::Copied => vec![
                Field::new("purpose", "用途", Kind::Line { max: Some(60) })
                    .hint("印在每一页上：仅供……；如“办理银行开户”")
                    .value(value("purpose")),
                Field::new("until", "截止日期", Kind::Date).hint("印在每一页上，逾期无效").value(value("until")),
            ],
            How::Replaced(_) => vec![],
        };
        Group { legend: format!("{}：证号 {}", self.title(), self.number), fields }
    }

    /// Says it in the request.
    pub fn ask(&self, request: &mut Request, sent: &Sent) {
        let number = self.number.clone();
        match self.how {
            How::Replaced(how) => request.replaces = Some(Replaces { number, how }),
            How::Copied => {
                let purpose = sent.text("purpose").to_owned();
                // A day that is none is refused as one that has passed.
                let until = sent.text("until").parse().unwrap_or(jiff::civil::Date::ZERO);
                request.copy = Some(CopyOf { number, purpose, until });
            }
        }
        if !self.asks_content() {
            request.data.clear();
        }
    }

    /// Puts the earlier certificate's content into the fields; the day under the seal is today's, and a renewal has a new term.
    pub async fn refill(&self, app: &App, item: &Item, groups: &mut [Group]) -> Result<(), Error> {
        let data: Map<String, Value> = look::content(app, item, &self.number).await?;
        let dated = app.templates.named(&item.certificate).map(|template| template.date.clone()).unwrap_or_default();
        let renewal = self.how == How::Replaced(Replacement::Renewal);
        for field in groups.iter_mut().flat_map(|group| &mut group.fields) {
            let Some(name) = field.name.strip_prefix("d:").filter(|name| *name != dated) else { continue };
            if renewal && matches!(field.kind, Kind::Date) {
                continue;
            }
            match data.get(name) {
                Some(Value::String(text)) => field.value.clone_from(text),
                Some(running) => field.value = blocks::to_text(running),
                None => {}
            }
        }
        Ok(())
    }
}
