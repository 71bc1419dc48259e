//! Staff, the rota and letters of authorization.
use super::{DIGEST, ISSUER};
use crate::web::{
    kit::{Fact, Tag, Tone, form::Choice},
    pages::{
        letters::{Action, LetterList, LetterPage, LetterRow, Propose},
        nomination::{Nominate, NominationPage, Offered},
        rota::{Rota, WatchRow},
        staff::{NominationRow, Permit, StaffList, StaffPage, StaffRow, Step},
    },
};

fn choice(value: &str, label: &str) -> Choice {
    Choice { value: value.into(), label: label.into(), hint: String::new() }
}

pub(super) fn staff(is_empty: bool) -> StaffList {
    let row = |login: &str, name: &str, duty: &str, tags| StaffRow {
        href: "/design/member".into(),
        login: login.into(),
        name: name.into(),
        duty: duty.into(),
        place: ISSUER.into(),
        permit: "22020120260004".into(),
        until: "2028-11-20".into(),
        tags,
    };
    let nomination = NominationRow {
        href: "/design/nomination".into(),
        what: "李四（chief2-scjg），首席代表（代理）".into(),
        by: "分管领导，2026-11-20 10:02".into(),
        kind: Tag::mark("新登记"),
    };
    let rows = vec![
        row("chief-scjg", "首席代表", "首席代表", vec![Tag::state(Tone::Good, "在岗")]),
        row(
            "deputy-scjg",
            "代理人",
            "首席代表（代理）",
            vec![Tag::state(Tone::Good, "在岗"), Tag::state(Tone::Wait, "工作证将到期")],
        ),
        row("keeper-scjg", "印章管理员", "印章管理员", vec![Tag::state(Tone::Wait, "停职")]),
    ];
    StaffList {
        office: ISSUER.into(),
        nominations: if is_empty { vec![] } else { vec![nomination] },
        rows: if is_empty { vec![] } else { rows },
        nominates: true,
        has_rota: true,
    }
}

fn facts() -> Vec<Fact> {
    vec![
        Fact::code("工号", "chief2-scjg"),
        Fact::new("岗位", "首席代表（代理）"),
        Fact::new("人员身份", "事业编制"),
        Fact::new("派驻窗口", "2026-12-01 至 2028-12-01"),
        Fact::new("值班时间", "周一至周五 08:30–12:00"),
    ]
}

pub(super) fn member() -> StaffPage {
    let step = |verb| Step { verb, action: "/design/member".into(), reason: StaffPage::reason_form(verb, "") };
    StaffPage {
        name: "李四".into(),
        tags: vec![Tag::state(Tone::Good, "在岗")],
        facts: facts(),
        permit: "/design/permit".into(),
        change: "/design/nominate".into(),
        steps: vec![step("suspend"), step("end")],
        csrf: String::new(),
    }
}

pub(super) fn permit() -> Permit {
    Permit {
        hall: "吉林经济技术开发区行政审批服务中心".into(),
        facts: vec![Fact::new("部门", ISSUER), Fact::new("岗位", "首席代表（代理）")],
        name: "李四".into(),
        number: "22020120260038".into(),
        term: "2026-11-20 至 2028-11-20".into(),
    }
}

pub(super) fn nominate() -> Nominate {
    let offered = Offered {
        duties: vec![choice("clerk", "窗口人员"), choice("chief", "首席代表")],
        grades: vec![
            choice("civil-servant", "公务员"),
            choice("established", "事业编制"),
            choice("contract", "合同制"),
        ],
        windows: vec![("A01".into(), "综合受理一窗".into()), ("A09".into(), "统一出件窗口".into())],
    };
    let mut form = Nominate::form(&offered, false, |_| String::new());
    form.tell(Some("grade"), "首席代表须由公务员或事业编制人员担任");
    form.tell(Some("posted_to"), "首席代表派驻窗口不少于2年，请调整派驻期限");
    Nominate { of: String::new(), action: "/design/nominate".into(), form, csrf: String::new() }
}

pub(super) fn nomination() -> NominationPage {
    NominationPage {
        name: "李四".into(),
        facts: facts(),
        not_yours: None,
        consent: "/design/nomination".into(),
        decline: "/design/nomination".into(),
        is_new: true,
        reason: StaffPage::reason_form("d", ""),
        csrf: String::new(),
    }
}

pub(super) fn rota() -> Rota {
    let row = |days: &str, state, take: &str| WatchRow {
        deputy: "代理人".into(),
        days: days.into(),
        by: "首席代表".into(),
        state,
        take: take.into(),
    };
    Rota {
        office: ISSUER.into(),
        rows: vec![
            row("2026-12-01 至 2026-12-04", Tag::state(Tone::Wait, "待值守"), "/design/rota"),
            row("2026-11-20 至 2026-11-20", Tag::state(Tone::Good, "今天值守"), "/design/rota"),
            row("2026-11-10 至 2026-11-13", Tag::state(Tone::Calm, "已过"), ""),
        ],
        form: Some(Rota::form(vec![choice("1", "代理人")], |_| String::new())),
        csrf: String::new(),
    }
}

pub(super) fn letters() -> LetterList {
    let row = |number: &str, tags| LetterRow {
        href: "/design/letter".into(),
        number: number.into(),
        department: ISSUER.into(),
        term: "2026-01-01 至 2026-12-31".into(),
        items: "食品经营许可证核发、小餐饮经营许可".into(),
        tags,
    };
    LetterList {
        office: ISSUER.into(),
        rows: vec![
            row("授权〔2026〕9号", vec![Tag::state(Tone::Wait, "已签发待备案")]),
            row("授权〔2026〕6号", vec![Tag::state(Tone::Good, "已备案"), Tag::state(Tone::Wait, "将到期")]),
        ],
        proposes: true,
    }
}

pub(super) fn letter() -> LetterPage {
    LetterPage {
        number: "授权〔2026〕9号".into(),
        href: "/design/letter".into(),
        tags: vec![Tag::state(Tone::Wait, "已签发待备案")],
        facts: vec![
            Fact::new("授权机关", ISSUER),
            Fact::new("首席代表", "首席代表"),
            Fact::new("授予权限", "审批决定权、审批专用章使用权"),
            Fact::new("授权事项", "食品经营许可证核发"),
            Fact::new("授权期限", "2026-11-20 至 2027-11-19"),
            Fact::code("文件摘要", DIGEST),
        ],
        files: vec![("授权委托书（PDF）".into(), "/design/letter".into())],
        actions: vec![
            Action::Approve,
            Action::Decline(LetterPage::reason_form("decline", "")),
            Action::Seal,
            Action::File(LetterPage::scan_form()),
            Action::Revoke(LetterPage::reason_form("revoke", "")),
        ],
        csrf: String::new(),
    }
}

pub(super) fn propose() -> Propose {
    let items = [("220201-scjg-001".to_owned(), "食品经营许可证核发".to_owned())];
    let form = Propose::form(&["审批决定权", "审批专用章使用权"], &items, |_| String::new());
    Propose { office: ISSUER.into(), form, csrf: String::new() }
}
