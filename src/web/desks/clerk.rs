//! The clerk's desk: taking cases, following them.
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use serde::Deserialize;

use super::{
    again::Again,
    entry::{self, Defaults, Part},
    hall::{marks, named},
    items,
};
use crate::{
    acts::{
        ActError,
        draft::{self, Request},
        submit,
    },
    app::App,
    compose::Template,
    hall::{
        department::Role,
        item::{Item, Joint},
        opening::china_date,
        refusal::Refusal,
        staff::Duty,
    },
    web::{
        error::Error,
        guard::{csrf::Sent, session::SignedIn, trouble::Shown},
        kit::{Fact, Field, Form, Group, Kind, Tag},
        pages::new_case::{Choose, ItemCard, NewCase, Preview, Problem, Shelf},
        router::Web,
        whole,
    },
};

/// What is asked for: an item, or a joint matter.
enum Matter<'a> {
    Item(&'a Item, &'a Template),
    Joint(&'a Joint, &'a Template),
}

impl<'a> Matter<'a> {
    /// By the last part of the form's address: an item's code, or `joint-N`.
    fn find(app: &'a App, slug: &str) -> Result<Self, Error> {
        let template = |name: &str| {
            app.templates.named(name).map(|t| &**t).ok_or_else(|| Error::failed(format!("no template {name}")))
        };
        if let Some(joint) =
            slug.strip_prefix("joint-").and_then(|n| n.parse().ok()).and_then(|n: usize| app.hall.joints.get(n))
        {
            return Ok(Matter::Joint(joint, template(&joint.joint_document)?));
        }
        let code = slug.parse().map_err(|_| Error::NotFound)?;
        let item = app.hall.item(&code).ok_or(Error::NotFound)?;
        Ok(Matter::Item(item, template(&item.certificate)?))
    }

    fn name(&self) -> &str {
        match self {
            Matter::Item(item, _) => &item.name,
            Matter::Joint(joint, _) => &joint.name,
        }
    }

    /// The items of a joint matter with their templates.
    fn parts(&self, app: &'a App) -> Vec<(&'a Item, &'a Template)> {
        match self {
            Matter::Item(..) => vec![],
            Matter::Joint(joint, _) => {
                let items = joint.items.iter().filter_map(|code| app.hall.item(code));
                items.filter_map(|item| Some((item, &**app.templates.named(&item.certificate)?))).collect()
            }
        }
    }
}

/// `GET /cases/new`.
pub async fn choose(State(web): State<Web>, who: SignedIn) -> Result<Response, Error> {
    who.require(&[Duty::Clerk])?;
    let app = &web.app;
    let own = who.person.staff.department.as_ref();
    let issuing = app.hall.departments.iter().filter(|d| matches!(d.role, Role::Issuing { .. }));
    let departments = issuing.filter(|d| own.is_none_or(|own| *own == d.key));
    let mut shelves: Vec<Shelf> = departments
        .map(|department| {
            let offered = |i: &&Item| i.department == department.key && !i.is_for_letters();
            let items = app.hall.items.iter().filter(offered);
            let card = |item: &Item| ItemCard {
                href: format!("/cases/new/{}", item.code),
                name: item.name.clone(),
                gives: item.certificate.clone(),
                marks: marks(item),
            };
            Shelf { name: department.name.clone(), items: items.map(card).collect() }
        })
        .filter(|shelf| !shelf.items.is_empty())
        .collect();
    if !app.hall.joints.is_empty() && own.is_none() {
        let card = |(n, joint): (usize, &Joint)| {
            let items = joint.items.iter().filter_map(|code| app.hall.item(code));
            let mut gives: Vec<&str> = items.map(|i| i.certificate.as_str()).collect();
            gives.push(&joint.joint_document);
            ItemCard {
                href: format!("/cases/new/joint-{n}"),
                name: joint.name.clone(),
                gives: gives.join("、"),
                marks: vec![Tag::mark("并联")],
            }
        };
        shelves
            .push(Shelf { name: "并联审批".into(), items: app.hall.joints.iter().enumerate().map(card).collect() });
    }
    Ok(web.shell_for(&who, "新办件", "/cases/new").show(Choose { shelves }.show()).into_response())
}

/// Which certificate is to be changed, renewed, issued again or copied; empty for a new one.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    how: String,
    #[serde(default)]
    of: String,
}

/// `GET /cases/new/{matter}`.
pub async fn blank(
    State(web): State<Web>,
    who: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    who.require(&[Duty::Clerk])?;
    let matter = Matter::find(&web.app, &slug)?;
    let again = Again::of(&asked.how, &asked.of);
    let mut form = form(&web.app, &matter, again.as_ref(), None);
    if let (Some(again), Matter::Item(item, _)) = (&again, &matter) {
        again.refill(&web.app, item, &mut form.groups).await?;
    }
    let key = web.app.new_uuid().to_string();
    Ok(show(&web, &who, (&matter, again), &slug, form, Preview::Waiting, key).into_response())
}

/// `POST /cases/new/{matter}/preview`: the panel alone, for the script.
pub async fn preview(
    State(web): State<Web>,
    who: SignedIn,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let matter = Matter::find(&web.app, &slug)?;
    Ok(drawn(&web.app, &who, &matter, &sent).await?.show().into_response())
}

/// `POST /cases/new/{matter}`: submits, or shows the form again with the picture or with every problem.
pub async fn send(
    State(web): State<Web>,
    who: SignedIn,
    Path(slug): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let matter = Matter::find(&web.app, &slug)?;
    let earlier = Again::sent(&sent);
    let mut again = form(&web.app, &matter, earlier.as_ref(), Some(&sent));
    if sent.text("act") == "preview" {
        let preview = drawn(&web.app, &who, &matter, &sent).await?;
        return Ok(
            show(&web, &who, (&matter, earlier), &slug, again, preview, sent.text("key").to_owned()).into_response()
        );
    }
    let request = request(&web.app, &matter, &sent);
    let (app, person, key) = (web.app.clone(), who.person.clone(), sent.text("key").to_owned());
    let submitted = whole(async move { submit::submit_form(&app, &person, &key, &request).await }).await?;
    match submitted {
        Ok(done) => Ok(Redirect::to(&format!("/cases/{}?done=submitted", done.matter.case_no)).into_response()),
        Err(ActError::Refused(refusal)) => {
            for reason in refusal.reasons() {
                entry::tell(&mut again, reason.field.as_deref(), &reason.text);
            }
            let preview = Preview::Problems(problems(&again, &refusal));
            let mut response = show(&web, &who, (&matter, earlier), &slug, again, preview, sent.text("key").to_owned())
                .into_response();
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            response.extensions_mut().insert(Shown);
            Ok(response)
        }
        // The form went out before and was changed since: what was sent first stands.
        Err(ActError::Conflict(_)) => {
            again.problems.push("这张表已经提交过，原来的办件有效。如要按现在的内容另办一件，请再次提交。".into());
            let key = web.app.new_uuid().to_string();
            let mut response =
                show(&web, &who, (&matter, earlier), &slug, again, Preview::Waiting, key).into_response();
            *response.status_mut() = StatusCode::CONFLICT;
            response.extensions_mut().insert(Shown);
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

async fn drawn(app: &App, who: &SignedIn, matter: &Matter<'_>, sent: &Sent) -> Result<Preview, Error> {
    match draft::preview(app, &who.person, &request(app, matter, sent)).await {
        Ok(pages) => {
            Ok(Preview::Pages(pages.iter().map(|png| crate::web::words::data_uri("image/png", png)).collect()))
        }
        Err(ActError::Refused(refusal)) => {
            let form = form(app, matter, Again::sent(sent).as_ref(), Some(sent));
            Ok(Preview::Problems(problems(&form, &refusal)))
        }
        Err(error) => Err(error.into()),
    }
}

fn problems(form: &Form, refusal: &Refusal) -> Vec<Problem> {
    let of = |reason: &crate::hall::refusal::Reason| {
        let field = reason.field.as_deref().and_then(|name| entry::named(form, name));
        Problem {
            field: field.map(|f| f.name.clone()),
            label: field.map(|f| f.label.clone()).unwrap_or_default(),
            text: match field {
                Some(_) => entry::bare(reason.field.as_deref(), &reason.text).to_owned(),
                None => reason.text.clone(),
            },
        }
    };
    refusal.reasons().iter().map(of).collect()
}

fn request(app: &App, matter: &Matter<'_>, sent: &Sent) -> Request {
    let ticked = |name: &str| sent.text(name) == "yes";
    let mut request = Request {
        item: None,
        joint: None,
        data: Default::default(),
        certificates: Default::default(),
        major: ticked("major"),
        disputed: ticked("disputed"),
        key_project: ticked("key-project"),
        materials: materials(app, matter)
            .filter(|(n, ..)| ticked(&format!("m:{n}")))
            .map(|(_, name, _)| name.to_owned())
            .collect(),
        ..Request::default()
    };
    match matter {
        Matter::Item(item, template) => {
            request.item = Some(item.code.clone());
            request.data = entry::data(template, Part::Main, sent);
        }
        Matter::Joint(joint, template) => {
            request.joint = Some(joint.name.clone());
            request.data = entry::data(template, Part::Main, sent);
            let parts = matter.parts(app);
            request.certificates = entry::by_item(parts.iter().map(|(i, t)| (i.code.as_str(), *t)), sent);
        }
    }
    if let Some(again) = Again::sent(sent) {
        again.ask(&mut request, sent);
    }
    request
}

/// The form: the certificate's fields; in a joint case the joint document's fields first, then what each certificate needs
/// beyond them.
fn form(app: &App, matter: &Matter<'_>, again: Option<&Again>, sent: Option<&Sent>) -> Form {
    let today = china_date(app.now());
    let mut groups = match matter {
        Matter::Item(..) if again.is_some_and(|again| !again.asks_content()) => vec![],
        Matter::Item(item, template) => {
            let defaults = Defaults { today, valid_years: item.valid_years };
            entry::groups(template, Part::Main, "内容", defaults, sent, |_| false)
        }
        Matter::Joint(_, template) => {
            let defaults = Defaults { today, valid_years: None };
            let filled = |name: &str| name == draft::DECIDED_ITEMS;
            let mut groups = entry::groups(
                template,
                Part::Main,
                &format!("{}（各证照共用）", template.name),
                defaults,
                sent,
                filled,
            );
            for (item, of_item) in matter.parts(app) {
                let defaults = Defaults { today, valid_years: item.valid_years };
                let shared = |name: &str| template.field(name).is_some();
                groups.extend(entry::groups(
                    of_item,
                    Part::Item(item.code.as_str()),
                    &of_item.name,
                    defaults,
                    sent,
                    shared,
                ));
            }
            groups
        }
    };
    let tick = |name: &str, words: &str, hint: &str| {
        let value = sent.map(|s| s.text(name).to_owned()).unwrap_or_default();
        Field::new(name, words, Kind::Tick(words.into())).hint(hint).value(value).optional()
    };
    if let Some(again) = again {
        groups.insert(0, again.group(sent));
    }
    let boxes: Vec<Field> = materials(app, matter)
        .map(|(n, name, must)| tick(&format!("m:{n}"), name, if must { "必须" } else { "视情形" }))
        .collect();
    if !boxes.is_empty() {
        groups.push(Group { legend: "收到的材料".into(), fields: boxes });
    }
    groups.push(Group {
        legend: "办理".into(),
        fields: vec![
            tick("key-project", "重点项目（直通车）", "投资3000万元以上的重点项目，各环节排在最前"),
            tick("major", "本件重大", "须部门分管领导也批准"),
            tick("disputed", "本件有争议", "须部门分管领导也批准"),
        ],
    });
    Form { groups, ..Form::default() }
}

fn show(
    web: &Web,
    who: &SignedIn,
    (matter, again): (&Matter<'_>, Option<Again>),
    slug: &str,
    form: Form,
    preview: Preview,
    key: String,
) -> maud::Markup {
    let page = NewCase {
        item: match &again {
            Some(again) => format!("{}：{}", matter.name(), again.title()),
            None => matter.name().to_owned(),
        },
        hidden: again.as_ref().map(Again::hidden).unwrap_or_default(),
        department: match matter {
            Matter::Item(item, _) => named(&web.app, &item.department),
            Matter::Joint(joint, _) => joint.signers.iter().map(|d| named(&web.app, d)).collect::<Vec<_>>().join("、"),
        },
        told: told(&web.app, matter),
        form,
        preview,
        action: format!("/cases/new/{slug}"),
        preview_url: format!("/cases/new/{slug}/preview"),
        key,
        csrf: who.csrf.clone(),
    };
    let mut shell = web.shell_for(who, matter.name(), "/cases/new");
    shell.wide = true;
    shell.show(page.show())
}

/// All that the applicant is to be told at once.
fn told(app: &App, matter: &Matter<'_>) -> Vec<Fact> {
    match matter {
        Matter::Item(item, _) => items::of_item(app, item),
        Matter::Joint(joint, _) => items::of_joint(app, joint),
    }
}

/// The materials of the items, each once, with the name of its box and whether it must be there.
fn materials<'a>(app: &'a App, matter: &Matter<'a>) -> impl Iterator<Item = (usize, &'a str, bool)> {
    let items: Vec<&'a Item> = match matter {
        Matter::Item(item, _) => vec![item],
        Matter::Joint(..) => matter.parts(app).into_iter().map(|(item, _)| item).collect(),
    };
    let mut all: Vec<(&'a str, bool)> = Vec::new();
    for item in items {
        let required = item.guide.materials.iter().map(|name| (name.as_str(), true));
        for (name, must) in required.chain(item.guide.conditional.iter().map(|name| (name.as_str(), false))) {
            match all.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known |= must,
                None => all.push((name, must)),
            }
        }
    }
    all.into_iter().enumerate().map(|(n, (name, must))| (n, name, must))
}
