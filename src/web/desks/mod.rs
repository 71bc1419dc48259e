//! The desks: each file takes the requests of those who sit (or stand) at it, calls one act and fills a page.
pub mod account;
pub mod again;
mod answer;
pub mod approvals;
pub mod calendar;
pub mod case_acts;
pub mod cases;
pub mod clerk;
pub mod delivery;
pub mod design;
pub mod devices;
pub mod entry;
pub mod figures;
pub mod findings;
pub mod front;
pub mod hall;
pub mod items;
pub mod letters;
pub mod lookup;
pub mod nominations;
pub mod rota;
pub mod seal_steps;
pub mod seals;
pub mod sign_in;
pub mod staff;
pub mod story;
pub mod uses;
pub mod verify;

use axum::{http::StatusCode, response::Response};

use super::{
    guard::{session::SignedIn, trouble::Shown},
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

/// A page with what is wrong in it, in answer to a form that a rule refused.
fn shown_again(mut page: Response) -> Response {
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    page.extensions_mut().insert(Shown);
    page
}

/// The device a session is bound to, in words.
fn device_name(who: &SignedIn) -> String {
    match &who.device {
        Some(device) => format!("{}（已登记；这次登录只在这台设备上有效）", device.name),
        None => "没有登记".into(),
    }
}

/// What the last act had to say, by the word in the address it led to.
fn done(word: Option<&str>) -> Option<Notice> {
    let title = match word? {
        "submitted" => "已提交，编号已取得。等首席代表签批。",
        "approved" => "已批准。还要等其他审批人，全部批准后自动用印。",
        "sealed" => "已批准并用印，登入用印公示账本，自检通过。",
        "refused" => "已退回，理由已记录。",
        "password" => "口令已更换，其他地方的登录已经退出。",
        "passkey" => "通行密钥已登记，记入账本。以后的批准用它确认。",
        "passkey-removed" => "通行密钥已注销，记入账本。",
        "codes" => "动态码已登记，记入账本。",
        "codes-removed" => "动态码已注销，记入账本。",
        "enrolled" => "设备已登记，记入账本。重新登录后，登录只在这台设备上有效。",
        "unenrolled" => "设备已注销，记入账本。",
        "reset" => "已重置，记入账本。请本人登录后重新登记。",
        "delivered" => "已登记出件。",
        "extended" => "已延期一次，理由和告知方式已记录。",
        "paid" => "缴费已登记。",
        "cancelled" => "证照已注销，原因已记录。",
        "entered" => "放假安排已录入；等它计算期限的办件，期限已算出。",
        "suspended" => "印章已停用，登入用印公示账本。",
        "certified" => "新的签章证书已启用，登入用印公示账本，下一次用印起使用。",
        "proposed" => "已提出，等另一人确认后办理。",
        "reported" => "印章已停用，失控已报告；另一人确认后废止并吊销证书。",
        "confirmed" => "已确认并办理，登入用印公示账本。",
        "declined" => "已退回，理由登入用印公示账本。",
        "withdrawn" => "已撤回。",
        "noted" => "已阅知。",
        "nominated" => "已提名。等大厅管理员审核。",
        "staff-changed" => "变更已登记生效，本人须重新登录。",
        "staff-suspended" => "已停职，即刻生效；已登录的已退出。",
        "staff-reinstated" => "已恢复在岗。",
        "staff-ended" => "登记已终止。",
        "rota-put" => "已安排值守。",
        "rota-taken" => "这次值守已取消，即刻生效。",
        "letter-proposed" => "授权委托书已制成，等部门分管领导签发。",
        "letter-approve" => "已签发。请由印章管理员申请用电子印章，或者打印、签字、盖章后扫描备案。",
        "letter-decline" => "已记录不予签发。",
        "letter-file" => "已备案，按所载期限生效。",
        "letter-seal" => "已申请用印。首席代表审批、分管领导决定后用印，随即备案生效。",
        "letter-revoke" => "已撤销，即刻生效；此后不得再依据它用印。",
        "finding-assigned" => "已交办，被交办的部门会在“监察事项”中看到。",
        "finding-answered" => "已答复，等监察审计员审核。",
        "finding-closed" => "已办结。",
        "report-filed" => "通报已编制并存档。",
        "resumed" => "印章已恢复启用，登入用印公示账本。",
        _ => return None,
    };
    Some(Notice::new(Tone::Good, title))
}
