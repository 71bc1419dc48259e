//! The desks: each file takes the requests of those who sit (or stand) at it, calls one act and fills a page.
mod answer;
pub mod approvals;
pub mod cases;
pub mod clerk;
pub mod delivery;
pub mod design;
pub mod entry;
pub mod front;
pub mod hall;
pub mod lookup;
pub mod seal_steps;
pub mod seals;
pub mod sign_in;
pub mod uses;
pub mod verify;

use super::{
    guard::session::SignedIn,
    kit::{Notice, Tone},
    router::Web,
};
use crate::acts::person::Seat;

/// Where this person sits, in words.
pub(super) fn place(web: &Web, who: &SignedIn) -> String {
    match &who.person.seat {
        Seat::Window(no) => match web.app.hall.window(no) {
            Some(window) => format!("{no} {}", window.name),
            None => no.to_string(),
        },
        Seat::Device(_) => "大厅内".into(),
        Seat::Elsewhere => "大厅外（只能查看）".into(),
    }
}

/// What the last act had to say, by the word in the address it led to.
fn done(word: Option<&str>) -> Option<Notice> {
    let title = match word? {
        "submitted" => "已提交，编号已取得。等首席代表签批。",
        "approved" => "已批准。还要等其他审批人，全部批准后自动用印。",
        "sealed" => "已批准并用印，登入用印公示账本，自检通过。",
        "refused" => "已退回，理由已记录。",
        "delivered" => "已登记出件。",
        "suspended" => "印章已停用，登入用印公示账本。",
        "certified" => "新的签章证书已启用，登入用印公示账本，下一次用印起使用。",
        "proposed" => "已提出，等另一人确认后办理。",
        "reported" => "印章已停用，失控已报告；另一人确认后废止并吊销证书。",
        "confirmed" => "已确认并办理，登入用印公示账本。",
        "declined" => "已退回，理由登入用印公示账本。",
        "withdrawn" => "已撤回。",
        "noted" => "已阅知。",
        _ => return None,
    };
    Some(Notice::new(Tone::Good, title))
}
