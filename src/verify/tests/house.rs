//! A hall, its log and its witness, and what they may do otherwise than they should.

use jiff::Timestamp;

use crate::cms::SignedAttributes;
use crate::cms::signed_data::{UnsignedAttributes, assemble};
use crate::ledger::entry::{Entry, SealUse};
use crate::ledger::policy::Policy;
use crate::ledger::proof::TlogProof;
use crate::ledger::sample::{SampleLog, seal_use};
use crate::pdf::sample::document;
use crate::pdf::{FieldPlan, Form, Locks, Permission, RectMm, StampPlan, Stamped, fill, prepare, stamp};
use crate::pki::authority::Issuer;
use crate::pki::certificate::Certificate;
use crate::pki::crl::{self, Crl, Revocation, RevocationList};
use crate::pki::testing::{Hall, Key, at};
use crate::verify::Trust;

pub(super) const SIGNED_AT: &str = "2026-11-22T01:30:05Z";

pub(super) fn signed_at() -> Timestamp {
    SIGNED_AT.parse().unwrap()
}

/// The day after the sealing.
pub(super) fn now() -> Timestamp {
    at("2026-11-23")
}

pub(super) fn fields(count: usize) -> Vec<FieldPlan> {
    let field = |i: usize| FieldPlan {
        name: format!("seal-{i}"),
        page: 0,
        rect: RectMm { left: 20.0 + 60.0 * i as f64, top: 200.0, width: 42.0, height: 42.0 },
        locks: if i + 1 == count && count > 1 { Locks::Everything } else { Locks::Nothing },
    };
    (0..count).map(field).collect()
}

pub(super) fn stamped(prepared: &[u8], field: &str, permission: Permission) -> Stamped {
    let form = Form::new(b"1 0 0 rg 0 0 100 100 re f", [0.0, 0.0, 100.0, 100.0]);
    let plan = StampPlan {
        field: field.to_owned(),
        appearance: &form,
        seam: Vec::new(),
        permission,
        signed_at: signed_at(),
        signer: "云溪市公安局行政审批专用章".to_owned(),
        reason: None,
        hole: 6000,
    };
    stamp(prepared, &plan).unwrap()
}

pub(super) struct House {
    pub(super) hall: Hall,
    pub(super) log: SampleLog,
}

/// What may be done otherwise than it should.
pub(super) type ChangeUse<'c> = &'c dyn Fn(SealUse) -> SealUse;
pub(super) type ChangeProof<'c> = &'c dyn Fn(TlogProof) -> Option<Vec<u8>>;

impl House {
    pub(super) fn new() -> Self {
        Self { hall: Hall::new(), log: SampleLog::new() }
    }

    pub(super) fn trust(&self) -> Trust {
        Trust::of_hall(vec![self.hall.root.clone()], self.lists(), self.log.policy())
    }

    pub(super) fn trust_with(&self, policy: &str) -> Trust {
        Trust::of_hall(vec![self.hall.root.clone()], self.lists(), Policy::parse(policy).unwrap())
    }

    /// Signs what is stamped, with the entry and the proof as `change_use` and `change_proof` leave them.
    pub(super) fn sign(
        &mut self,
        stamped: &Stamped,
        change_use: ChangeUse<'_>,
        change_proof: ChangeProof<'_>,
    ) -> Vec<u8> {
        let hall = &self.hall;
        let attributes = SignedAttributes::build(stamped.digest(), &hall.seal, [7; 32]);
        let entry = seal_use(hall.seal.spki_digest(), attributes.digest());
        let proof = change_proof(self.log.prove(&Entry::SealUse(change_use(entry))));
        let signature = hall.seal_key.sign_bytes(attributes.as_set_der());
        let unsigned = UnsignedAttributes { proof: proof.as_deref(), timestamp: None };
        fill(stamped, &assemble(&attributes, &signature, &hall.seal, std::slice::from_ref(&hall.issuing), unsigned))
            .unwrap()
    }

    pub(super) fn seal(&mut self) -> Vec<u8> {
        self.seal_otherwise(&|entry| entry, &|proof| Some(proof.to_string().into_bytes()))
    }

    pub(super) fn seal_otherwise(&mut self, change_use: ChangeUse<'_>, change_proof: ChangeProof<'_>) -> Vec<u8> {
        let prepared = prepare(&document(1), &fields(1)).unwrap();
        self.sign(&stamped(&prepared, "seal-0", Permission::CertifyFinal), change_use, change_proof)
    }

    /// Two seals; the result is the file after the first and after the second.
    pub(super) fn seal_twice(&mut self) -> [Vec<u8>; 2] {
        let proof: ChangeProof<'_> = &|proof| Some(proof.to_string().into_bytes());
        let prepared = prepare(&document(1), &fields(2)).unwrap();
        let first = self.sign(&stamped(&prepared, "seal-0", Permission::CertifyOpen), &|entry| entry, proof);
        let second = self.sign(&stamped(&first, "seal-1", Permission::Approve), &|entry| entry, proof);
        [first, second]
    }

    pub(super) fn crl(&self, revoked_at: &str) -> Crl {
        let revocation = Revocation { at: at(revoked_at), reason: crl::Reason::KeyCompromise };
        list(&[(self.hall.seal.clone(), revocation)], &self.hall.issuing, &self.hall.issuing_key)
    }

    /// Both authorities' lists, on which nobody stands.
    fn lists(&self) -> Vec<Crl> {
        let Hall { root, root_key, issuing, issuing_key, .. } = &self.hall;
        vec![list(&[], root, root_key), list(&[], issuing, issuing_key)]
    }
}

fn list(revoked: &[(Certificate, Revocation)], authority: &Certificate, key: &Key) -> Crl {
    let (this_update, next_update) = (at("2026-11-22"), at("2026-12-22"));
    let list = RevocationList { number: 1, this_update, next_update, revoked };
    crl::issue(&list, &Issuer::new(authority, key).unwrap()).unwrap()
}
