//! The devices enrolled in the hall, and access that is reset for whoever has lost it.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Column, Field, Form, Kind,
    ask::{Ask, Weight},
    confirm::Confirm,
    form::{self, Choice},
    notice, table,
};

/// A device in the list.
#[derive(Debug, Clone)]
pub struct DeviceLine {
    /// Its row.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub place: String,
    /// Since when.
    pub since: String,
    /// The first digits of its key's digest.
    pub key: String,
}

/// What an administrator may do.
#[derive(Debug, Clone)]
pub struct Manage {
    /// The fields of a new device.
    pub enrol: Form,
    /// The fields of a reset.
    pub reset: Form,
    /// How the administrator confirms.
    pub confirm: Confirm,
    /// The session's token.
    pub csrf: String,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Devices {
    /// What the hall demands, in a sentence.
    pub demand: String,
    /// The devices.
    pub devices: Vec<DeviceLine>,
    /// For administrators.
    pub manage: Option<Manage>,
}

impl Devices {
    /// The fields of a new device.
    pub fn enrol_form(name: &str, places: Vec<Choice>, place: &str) -> Form {
        let fields = vec![
            Field::new("name", "设备名称", Kind::Line { max: Some(32) }).hint("如“A01 窗口左侧电脑”。").value(name),
            Field::new("place", "所在位置", Kind::Select(places)).value(place),
        ];
        Form { mark: "d", ..Form::of(fields) }
    }

    /// The fields of a reset.
    pub fn reset_form(login: &str, why: &str) -> Form {
        let fields = vec![
            Field::new("login", "工号（登录名）", Kind::Line { max: Some(64) }).value(login),
            Field::new("why", "原因，以及怎样核实的本人", Kind::Lines { rows: 3 })
                .hint("写入账本记录，监察审计可见。")
                .value(why),
        ];
        Form { mark: "r", ..Form::of(fields) }
    }

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("大厅", "已登记的设备", &self.demand, html! {}))
            @if self.devices.is_empty() {
                div.sheet { (notice::empty("还没有登记设备", "由大厅管理员在要登记的那台电脑上登录后办理。", None)) }
            } @else {
                (self.table())
            }
            @if let Some(manage) = &self.manage {
                div.two {
                    section.sheet { (manage.enrolling()) }
                    section.sheet { (manage.resetting()) }
                }
            }
        }
    }

    fn table(&self) -> Markup {
        let mut columns =
            vec![Column::words("名称"), Column::words("位置"), Column::codes("登记时间"), Column::codes("密钥摘要")];
        if self.manage.is_some() {
            columns.push(Column::words("操作"));
        }
        let cells = |device: &DeviceLine| {
            let mut cells = vec![
                html! { (device.name) },
                html! { (device.place) },
                html! { (device.since) },
                html! { (device.key) },
            ];
            cells.extend(self.manage.as_ref().map(|manage| manage.removing(&device.id)));
            cells
        };
        table("已登记的设备", &columns, &self.devices.iter().map(cells).collect::<Vec<_>>())
    }
}

impl Manage {
    fn enrolling(&self) -> Markup {
        html! {
            form.stack method="post" action="/devices" data-enrol data-passkey=[self.confirm.signs()] {
                h2 { "登记这台设备" }
                p.quiet { "在要登记的那台电脑上办理：浏览器为它做一把取不出来的密钥，以后在这台设备上的登录只在这台设备上有效。清除浏览器数据后须重新登记。" }
                (form::csrf(&self.csrf))
                (self.enrol.summary())
                (self.enrol.show())
                (form::hidden("key", ""))
                (Confirm { act: "device.enrol".into(), ..self.confirm.clone() }.show("enrol"))
                @if self.confirm.passkeys.is_empty() { p.problem role="alert" data-said hidden {} }
                div.actions { button.button.primary type="submit" { "登记这台设备" } }
            }
        }
    }

    fn resetting(&self) -> Markup {
        html! {
            form.stack method="post" action="/devices/reset" data-passkey=[self.confirm.signs()] {
                h2 { "重置通行密钥和动态码" }
                p.quiet { "有人丢失了唯一的通行密钥或手机时，核实本人后注销其全部登记；本人登录后重新登记。" }
                (form::csrf(&self.csrf))
                (self.reset.summary())
                (self.reset.show())
                (Confirm { act: "access.reset".into(), ..self.confirm.clone() }.show("reset"))
                div.actions { button.button.danger type="submit" { "重置" } }
            }
        }
    }

    fn removing(&self, id: &str) -> Markup {
        let action = format!("/devices/{id}/remove");
        let ask = Ask {
            button: "注销…",
            title: "注销这台设备？",
            consequences: &["在它上面的登录立即失效。"],
            sure: "注销",
            action: &action,
            csrf: &self.csrf,
            weight: Weight::Danger,
            open: false,
        };
        let confirm = Confirm { act: format!("device.remove {id}"), ..self.confirm.clone() };
        ask.show_confirmed(self.confirm.signs(), confirm.show(&format!("remove-{id}")))
    }
}

/// The page on the way, while a device signs that the session goes on there. `next`: where to go then.
pub fn renewing(next: &str) -> Markup {
    html! {
        div.sheet.prose.stack-small {
            div data-renewing=(next) {
                h1 { "正在确认这台设备" }
                p { "这次登录只在登录时的那台设备上有效，片刻就好。" }
                noscript { p { "在已登记的设备上办理业务，需要打开浏览器的脚本。" } }
            }
            div data-foreign hidden {
                h1 { "这次登录不属于这台设备" }
                p { "登录只在登录时的那台已登记设备上有效；换到别处使用已被记录。如果是您本人，请在这里重新登录。" }
            }
            div.row { a.button href="/sign-in" { "重新登录" } }
        }
    }
}
