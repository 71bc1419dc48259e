//! What people sign in and confirm with.
use crate::web::{
    kit::{Fact, confirm::Confirm, form::Choice},
    pages::{
        account::{Account, NewCodes, Passkey},
        devices::{DeviceLine, Devices, Manage},
    },
};

/// Somebody with two passkeys.
pub(super) fn passkeys() -> Confirm {
    let passkeys = vec![("k1".into(), "办公室的安全钥匙".into()), ("k2".into(), "我的手机".into())];
    Confirm { passkeys, challenge: "/design/challenge".into(), ..Confirm::default() }
}

/// Somebody with an authenticator app, who gave a wrong code.
pub(super) fn code() -> Confirm {
    let problems = vec!["动态码不对或已过期，请填写身份验证器上当前的六位数字".into()];
    Confirm { codes: true, problems, ..Confirm::default() }
}

pub(super) fn account(must_change: bool) -> Account {
    let passkey = |id: &str, name: &str, copied| Passkey {
        id: id.into(),
        name: name.into(),
        since: "2026-11-20 10:00".into(),
        copied,
    };
    Account {
        facts: vec![
            Fact::new("姓名", "首席代表"),
            Fact::code("工号", "chief-scjg"),
            Fact::new("岗位", "首席代表"),
            Fact::new("位置", "大厅内"),
            Fact::new("设备", "审批办电脑（已登记；这次登录只在这台设备上有效）"),
        ],
        must_change,
        password: Account::password_form(),
        passkeys: vec![passkey("k1", "办公室的安全钥匙", false), passkey("k2", "我的手机", true)],
        can_make: true,
        passkey: Account::passkey_form(""),
        codes_since: None,
        new_codes: Some(NewCodes {
            id: "c1".into(),
            qr: crate::compose::qr::svg(
                "otpauth://totp/Yinxin:chief-scjg?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Yinxin",
            )
            .unwrap_or_default()
            .replace(" xmlns=\"http://www.w3.org/2000/svg\"", ""),
            secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into(),
        }),
        codes: Account::codes_form(),
        demand: "本大厅的批准须用通行密钥确认（指纹、面容或 PIN）；没有这种设备的，用动态码。".into(),
        confirm: passkeys(),
        csrf: String::new(),
    }
}

pub(super) fn devices() -> Devices {
    let line = |id: &str, name: &str, place: &str, key: &str| DeviceLine {
        id: id.into(),
        name: name.into(),
        place: place.into(),
        since: "2026-11-20 08:40".into(),
        key: key.into(),
    };
    let places = vec![Choice::plain("A01 综合受理一窗"), Choice::plain("市场监督管理局审批办"), Choice::plain("中心")];
    Devices {
        demand: "业务只能在已登记的设备上办理；在别处登录只能查看。".into(),
        devices: vec![
            line("d1", "A01 窗口电脑", "A01 综合受理一窗", "5f0c1b7a2f5f4bb0"),
            line("d2", "审批办电脑", "吉林市市场监督管理局经济技术开发区分局", "a5d4f3cbe1d6a1b0"),
        ],
        manage: Some(Manage {
            enrol: Devices::enrol_form("", places, ""),
            reset: Devices::reset_form("", ""),
            confirm: Confirm { passkeys: vec![("k1".into(), "管理员的钥匙".into())], ..passkeys() },
            csrf: String::new(),
        }),
    }
}
