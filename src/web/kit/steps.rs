//! The steps of a case: what is done, where it stands, what is still to come.
use maud::{Markup, html};

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Behind us.
    Done,
    /// Here we are.
    Now,
    /// Still to come.
    ToCome,
    /// The case ended here: refused, withdrawn.
    Stopped,
}

impl Stand {
    fn class(self) -> &'static str {
        match self {
            Stand::Done => "done",
            Stand::Now => "now",
            Stand::ToCome => "to-come",
            Stand::Stopped => "stopped",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Stand::Done => "已完成",
            Stand::Now => "当前",
            Stand::ToCome => "未开始",
            Stand::Stopped => "已终止",
        }
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name: 申请, 受理, 审核, 签批, 用印, 出件.
    pub name: String,
    /// Where it stands.
    pub stand: Stand,
    /// Who and when, each a short line.
    pub lines: Vec<String>,
}

impl Step {
    /// A step without further words.
    pub fn new(name: impl Into<String>, stand: Stand) -> Self {
        Step { name: name.into(), stand, lines: Vec::new() }
    }

    /// The same with one more line.
    pub fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }
}

/// All the steps of a case.
pub fn steps(list: &[Step]) -> Markup {
    html! {
        ol.steps aria-label="办理步骤" {
            @for (i, step) in list.iter().enumerate() {
                li.step.(step.stand.class()) data-no=(i + 1) aria-current=[(step.stand == Stand::Now).then_some("step")] {
                    b { (step.name) span.unseen { "（" (step.stand.word()) "）" } }
                    @for line in &step.lines { small { (line) } }
                }
            }
        }
    }
}
