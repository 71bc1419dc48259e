//! Sealing without database and composing, with a log of the bench's own: the vault signs no second history of the hall's.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use ring::signature::{Ed25519KeyPair, KeyPair};
use yinxin::app::{App, SealImprint};
use yinxin::cms::SignedAttributes;
use yinxin::cms::signed_data::{UnsignedAttributes, assemble, upper_bound};
use yinxin::demo::Demo;
use yinxin::digest::Digest;
use yinxin::ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use yinxin::ledger::entry::{Entry, Salted, SealUse, approval_digest};
use yinxin::ledger::note::{KeyName, NoteSignature, VerifierKey};
use yinxin::ledger::policy::Policy;
use yinxin::ledger::proof::{self, TlogProof, verify as verify_proof};
use yinxin::ledger::tree::{Edge, append, inclusion_path, leaf_hash};
use yinxin::pdf::{Permission, StampPlan, Stamped, fill, stamp};
use yinxin::pki::certificate::Certificate;

/// A seal, and the log its uses are entered in.
pub(crate) struct Sealer<'d> {
    app: &'d App,
    name: String,
    signer: Certificate,
    imprint: Arc<SealImprint>,
    log: Ed25519KeyPair,
    origin: KeyName,
    /// Of every seal; the hall's certificates have just been made.
    at: Timestamp,
    /// What a verifier has to believe of the log.
    pub(crate) policy: String,
    hole: usize,
}

impl<'d> Sealer<'d> {
    pub(crate) fn new(made: &'d Demo, runtime: &tokio::runtime::Runtime) -> Self {
        let app = &made.app;
        let seal = runtime.block_on(app.db.seal_of("scjg", "approval")).unwrap().unwrap();
        let signer = Certificate::from_der(seal.certificate_der()).unwrap();
        let imprint = app.imprint(&seal).unwrap();
        let log = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let origin: KeyName = "bench.example/log".parse().unwrap();
        let key = VerifierKey::log(origin.clone(), log.public_key().as_ref().try_into().unwrap());
        let policy = format!("log {key}\nquorum none\n");
        let bound = proof::upper_bound(&Policy::parse(&policy).unwrap());
        let hole = upper_bound(&signer, &app.chain, bound, 0).unwrap();
        Self { app, name: seal.name.clone(), signer, imprint, log, origin, at: app.now(), policy, hole }
    }

    /// Stamps the field `seal-1`.
    pub(crate) fn stamp(&self, prepared: &[u8]) -> Stamped {
        let plan = StampPlan {
            field: "seal-1".to_owned(),
            appearance: &self.imprint.form,
            seam: Vec::new(),
            permission: Permission::CertifyFinal,
            signed_at: self.at,
            signer: self.name.clone(),
            reason: None,
            hole: self.hole,
        };
        stamp(prepared, &plan).unwrap()
    }

    /// Everything after that: attributes, entry, checkpoint, proof verified, key used, CMS filled in.
    pub(crate) fn seal(&self, stamped: &Stamped, template: Digest) -> Vec<u8> {
        let app = self.app;
        let policy = Policy::parse(&self.policy).unwrap();
        let attributes = SignedAttributes::build(stamped.digest(), &self.signer, app.random());
        let entry = Entry::SealUse(SealUse {
            seal: self.signer.spki_digest(),
            template,
            document: attributes.digest(),
            approvals: Salted::new([approval_digest(&[1; 32], b"a"), approval_digest(&[2; 32], b"b")]).unwrap(),
            day: self.at.to_zoned(TimeZone::fixed(offset(8))).date(),
        });
        let tree = append(&Edge::empty(), &[leaf_hash(&entry.to_bytes())]);
        let checkpoint = Checkpoint { origin: self.origin.clone(), size: tree.size, root: tree.root };
        let public: [u8; 32] = self.log.public_key().as_ref().try_into().unwrap();
        let signature = self.log.sign(checkpoint.text().as_bytes());
        let line = NoteSignature::by_log(&self.origin, &public, signature.as_ref().try_into().unwrap());
        let path = inclusion_path(0, 1, |tile| Ok::<_, ()>(tree.hashes(tile).unwrap().to_vec())).unwrap();
        let proof = TlogProof::new(&entry, 0, path, SignedCheckpoint::new(&checkpoint, vec![line]).unwrap());
        let logged = verify_proof(&proof, &policy).unwrap();
        let signature = app.vault.sign(logged, &attributes, &*app.rng).unwrap();
        let text = proof.to_string();
        let unsigned = UnsignedAttributes { proof: Some(text.as_bytes()), timestamp: None };
        fill(stamped, &assemble(&attributes, &signature, &self.signer, &app.chain, unsigned)).unwrap()
    }
}
