//! Seals' rows against the fold of their entries.

use std::collections::HashMap;

use crate::digest::Digest;
use crate::ledger::entry::Entry;

use super::{Audited, Entries, Register};

#[derive(Default)]
struct Logged {
    state: &'static str,
    certificate: Option<Digest>,
    code: String,
}

pub(super) fn audit(register: &Register, entries: &Entries, audited: &mut Audited) {
    let mut logged: HashMap<Digest, Logged> = HashMap::new();
    for (_, event) in &entries.events {
        let Some(seal) = event.seal() else { continue };
        let seal = logged.entry(*seal).or_default();
        match event {
            Entry::SealOpen { certificate, code, .. } => {
                *seal = Logged { state: "active", certificate: Some(*certificate), code: code.as_str().to_owned() };
            }
            Entry::SealCertificate { certificate, .. } => seal.certificate = Some(*certificate),
            Entry::SealSuspend(_) => seal.state = "suspended",
            Entry::SealResume(_) => seal.state = "active",
            Entry::SealRetire(_) => seal.state = "retired",
            Entry::SealUse(_) | Entry::SealVoid { .. } | Entry::Record { .. } | Entry::Policy { .. } => {}
        }
    }
    for seal in register.seals.values() {
        let place = format!("seal {}", seal.id);
        let Some(logged) = seal.key_digest().ok().and_then(|key| logged.remove(&key)) else {
            // One that was never in force stands in the records alone.
            if seal.opened_at.is_some() || matches!(seal.state.as_str(), "active" | "suspended") {
                audited.find("seal-unlogged", place, "印章的启用不在账本中");
            }
            continue;
        };
        if logged.state != seal.state {
            audited.find("seal-altered", &place, format!("账本中为 {}，记录中为 {}", logged.state, seal.state));
        }
        if logged.certificate != Some(Digest::of(seal.certificate_der())) {
            audited.find("seal-altered", &place, "印章证书与账本不一致");
        }
        if logged.code != seal.code {
            audited.find("seal-altered", &place, "印章编码与账本不一致");
        }
    }
    for key in logged.into_keys() {
        audited.find("seal-missing", format!("seal {key}"), "账本中有这枚印章，印章记录中没有");
    }
}
