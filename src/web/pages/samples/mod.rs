//! Every page with made-up data, for `/design/{page}` and for the tests that look at all of them.
use maud::Markup;

mod access;
mod cases;
mod decisions;
mod records;
mod register;
mod seals;
mod supervision;

use super::{
    approval::Approval,
    cases::{CaseList, Due},
    delivery::Delivery,
    failure::Failure,
    inbox::Inbox,
    seals::SealList,
    sign_in::SignIn,
    uses::{Filter, Told, Uses},
};
use crate::web::kit::{
    Pager,
    form::Choice,
    shell::Desk,
    verdict::Verdict,
    viewer::{Viewer, Zoom},
};
use cases::{case, case_rows, choose, new_case};
use decisions::{approval, hand_over, ready, waiting};
use records::{answer, ask, hall, ledger, use_page, use_row};
use seals::{apply_page, seal, seal_page, step_line, step_page};

/// The address and name of each sample.
pub const PAGES: &[(&str, &str)] = &[
    ("sign-in", "登录"),
    ("account", "我的账户"),
    ("account-first", "我的账户（首次登录）"),
    ("confirm", "请确认本人"),
    ("devices", "设备"),
    ("device", "确认设备"),
    ("cases", "办件"),
    ("cases-empty", "办件（空）"),
    ("choose", "选事项"),
    ("new-case", "新办件"),
    ("new-case-problems", "新办件（有错）"),
    ("case", "一件办件"),
    ("inbox", "待签批"),
    ("approval", "签批"),
    ("approval-passkey", "签批（通行密钥）"),
    ("approval-code", "签批（动态码）"),
    ("delivery", "待出件"),
    ("hand-over", "出件登记"),
    ("seals", "印章"),
    ("seal", "一枚印章"),
    ("seal-step", "印章的一步"),
    ("apply", "申请印章"),
    ("staff", "人员"),
    ("staff-empty", "人员（空）"),
    ("member", "一名人员"),
    ("permit", "工作证"),
    ("nominate", "提名人员（有错）"),
    ("nomination", "提名审核"),
    ("rota", "代理值守表"),
    ("letters", "授权委托书"),
    ("letter", "一份授权委托书"),
    ("propose", "拟授权委托书"),
    ("hall", "大厅"),
    ("uses", "用印记录"),
    ("use", "一次用印"),
    ("findings", "监察事项"),
    ("findings-empty", "监察事项（空）"),
    ("finding", "一项监察事项"),
    ("figures", "统计与通报"),
    ("story", "证照全过程"),
    ("verify", "验证"),
    ("valid", "有效"),
    ("invalid", "无效"),
    ("lapsed", "已失效"),
    ("unsure", "不能确认"),
    ("unsigned", "没有签章"),
    ("ledger", "用印公示账本"),
    ("about", "关于"),
    ("failure", "出错"),
];

const ISSUER: &str = "吉林市市场监督管理局经济技术开发区分局";
const ASKER: &str = "吉林市江城惠民食品有限公司";
const DIGEST: &str = "5f0c1b7a2f5f4bb0a5d4f3cbe1d6a1b0f2c9f7e6d5c4b3a29181706f5e4d3c2b";

/// The sample with this address: its title and body.
pub fn page(slug: &str) -> Option<(&'static str, Markup)> {
    let name = PAGES.iter().find(|(s, _)| *s == slug)?.1;
    let body = match slug {
        "sign-in" => SignIn {
            form: SignIn::form("", vec![Choice::plain("A01 综合受理一窗")], ""),
            next: "/cases".into(),
            accounts: vec![("clerk1".into(), "窗口一 · 窗口人员".into()), ("chief-scjg".into(), "首席代表".into())],
        }
        .show(),
        "account" => access::account(false).show(),
        "account-first" => access::account(true).show(),
        "confirm" => super::account::confirm_session(&access::passkeys(), "/seals", ""),
        "devices" => access::devices().show(),
        "device" => super::devices::renewing("/inbox"),
        "cases" => CaseList { rows: case_rows(), words: String::new(), accepts: true, pager: pager() }.show(),
        "cases-empty" => CaseList { rows: vec![], words: String::new(), accepts: true, pager: Pager::default() }.show(),
        "choose" => choose().show(),
        "new-case" => new_case(false).show(),
        "new-case-problems" => new_case(true).show(),
        "case" => case().show(),
        "inbox" => {
            Inbox {
                name: "待签批", office: format!("{ISSUER} · 行政审批办公室"), rows: waiting(), pager: pager()
            }
            .show()
        }
        "approval" => approval().show(),
        "approval-passkey" => Approval { confirm: access::passkeys(), ..approval() }.show(),
        "approval-code" => Approval { confirm: access::code(), ..approval() }.show(),
        "delivery" => Delivery { window: "A09 统一出件窗口".into(), rows: ready(), pager: pager() }.show(),
        "hand-over" => hand_over().show(),
        "seals" => {
            SealList { office: ISSUER.into(), seals: vec![seal()], steps: vec![step_line()], applies: true }.show()
        }
        "seal" => seal_page().show(),
        "seal-step" => step_page().show(),
        "apply" => apply_page().show(),
        "staff" => register::staff(false).show(),
        "staff-empty" => register::staff(true).show(),
        "member" => register::member().show(),
        "permit" => register::permit().show(),
        "nominate" => register::nominate().show(),
        "nomination" => register::nomination().show(),
        "rota" => register::rota().show(),
        "letters" => register::letters().show(),
        "letter" => register::letter().show(),
        "propose" => register::propose().show(),
        "hall" => hall().show(),
        "uses" => Uses {
            told: vec![Told {
                action: "/design".into(),
                href: "/design/seal".into(),
                text: "2026-11-20 10:02：印章被报告失控，等另一人确认".into(),
            }],
            csrf: String::new(),
            filter: Filter { departments: vec![Choice::plain(ISSUER)], department: String::new() },
            rows: vec![use_row(17), use_row(16)],
            pager: pager(),
        }
        .show(),
        "use" => use_page().show(),
        "findings" => supervision::findings(false).show(),
        "findings-empty" => supervision::findings(true).show(),
        "finding" => supervision::finding().show(),
        "figures" => supervision::figures().show(),
        "story" => supervision::story().show(),
        "verify" => ask().show(),
        "valid" => answer(Verdict::Valid).show(),
        "invalid" => answer(Verdict::Invalid).show(),
        "lapsed" => answer(Verdict::Lapsed).show(),
        "unsure" => answer(Verdict::Unsure).show(),
        "unsigned" => answer(Verdict::Unsigned).show(),
        "ledger" => ledger().show(),
        "about" => super::about::show("吉林经济技术开发区行政审批服务中心"),
        "failure" => Failure::of(500, "01JD2Z8QK3").show(),
        _ => return None,
    };
    Some((name, body))
}

/// The desks a sample page's frame shows.
pub fn desks() -> Vec<Desk> {
    vec![
        Desk { name: "办件", href: "/cases", waiting: None },
        Desk { name: "待签批", href: "/inbox", waiting: Some(3) },
        Desk { name: "待出件", href: "/delivery", waiting: Some(1) },
        Desk { name: "印章", href: "/seals", waiting: None },
        Desk { name: "用印记录", href: "/uses", waiting: None },
        Desk { name: "大厅", href: "/hall", waiting: None },
    ]
}

fn pager() -> Pager {
    Pager { shown: "第 1–3 条，共 3 条".into(), before: None, after: None }
}

fn due(words: &str, late: bool) -> Due {
    Due { words: words.into(), late }
}

fn viewer(title: &str) -> Viewer {
    Viewer {
        title: title.into(),
        pages: vec!["/assets/sample-page.svg".into()],
        here: Some("/design/approval".into()),
        zoom: Zoom::Fit,
        pdf: Some("/design".into()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::web::pages::design;

    /// The values of an attribute in a page.
    fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
        let lead = format!(" {attribute}=\"");
        page.match_indices(&lead).map(|(i, _)| page[i + lead.len()..].split('"').next().unwrap()).collect()
    }

    #[test]
    fn every_page_can_be_used_without_seeing_it_and_under_a_strict_policy() {
        let mut all: Vec<(&str, String)> = PAGES.iter().map(|(s, _)| (*s, page(s).unwrap().1.into_string())).collect();
        all.push(("design", design::show().into_string()));
        for (slug, html) in &all {
            let list = values(html, "id");
            let ids: HashSet<&str> = list.iter().copied().collect();
            assert_eq!(list.len(), ids.len(), "{slug}: an id is given twice");
            for target in values(html, "for") {
                assert!(ids.contains(target), "{slug}: a label for nothing: {target}");
            }
            for by in values(html, "aria-describedby").iter().flat_map(|v| v.split(' ')) {
                assert!(ids.contains(by), "{slug}: described by nothing: {by}");
            }
            for link in values(html, "href").iter().filter_map(|h| h.strip_prefix('#')) {
                assert!(ids.contains(link), "{slug}: a link to nothing: {link}");
            }
            for forbidden in [" style=", " onclick=", "javascript:", "<script", "http://", "https://"] {
                assert!(!html.contains(forbidden), "{slug}: {forbidden}");
            }
            assert_eq!(values(html, "src").len(), html.matches("<img").count(), "{slug}");
            assert_eq!(html.matches("<img").count(), html.matches(" alt=").count(), "{slug}: a picture without words");
            assert!(html.contains("<h1"), "{slug}: no heading");
        }
    }

    #[test]
    fn the_red_of_seals_is_used_for_nothing_else() {
        let css = crate::web::kit::shell::asset::CSS;
        let used: Vec<&str> = css.lines().filter(|l| l.contains("var(--seal)")).collect();
        assert_eq!(used.len(), 1, "{used:?}");
        assert!(used[0].contains(".c-seal i"));
        for (i, line) in css.lines().enumerate() {
            let red = line.to_lowercase().contains("#df191d");
            assert!(!red || line.contains("--seal:"), "line {}", i + 1);
        }
    }
}
