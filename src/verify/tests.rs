//! A hall, its log, a witness, and everything that can be wrong with a seal.

mod house;
mod today;

use self::house::{ChangeProof, ChangeUse, House, fields, now, stamped};
use super::said::Word;
use super::*;
use crate::digest::Digest;
use crate::ledger::checkpoint::SignedCheckpoint;
use crate::ledger::entry::{Entry, SealUse};
use crate::ledger::proof::TlogProof;
use crate::ledger::sample::Signer;
use crate::pdf::sample::{Disorder, append, document};
use crate::pdf::{Permission, prepare};
use crate::pki::testing::at;

fn unchanged(proof: TlogProof) -> Option<Vec<u8>> {
    Some(proof.to_string().into_bytes())
}

/// Verdict, sub-indication and codes in one line.
fn summary(report: &Report) -> String {
    let codes: Vec<&str> = report.reasons.iter().map(|r| r.code).collect();
    let word = |value: serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let json = serde_json::to_value(report).unwrap();
    format!(
        "{} {} {} {}",
        word(json["verdict"].clone()),
        word(json["integrity"].clone()),
        word(json["sub_indication"].clone()),
        codes.join(",")
    )
}

#[test]
fn a_seal_by_the_rules_is_valid() {
    let mut house = House::new();
    let bytes = house.seal();
    let report = verify(&bytes, &house.trust(), now()).named("a.pdf");
    assert_eq!(summary(&report), "valid intact - ");
    assert_eq!(report.indication, Indication::TotalPassed);
    let json = serde_json::to_value(&report).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["file", "verdict", "integrity", "today", "indication", "sub_indication", "reasons", "signatures"]
    );
    assert_eq!(
        (&json["file"], &json["today"], &json["indication"]),
        (&"a.pdf".into(), &"not-asked".into(), &"TOTAL-PASSED".into())
    );
    let signature = &report.signatures[0];
    assert!(signature.is_seal && signature.covers_whole_file);
    assert_eq!((signature.page, signature.certification), (Some(1), Some(1)));
    assert_eq!(signature.seal, Some(house.hall.seal.spki_digest()));
    let ledger = signature.ledger.as_ref().unwrap();
    assert_eq!((ledger.log.as_str(), ledger.index, ledger.size), ("hall.example.gov.cn/log", 5, 6));
    assert_eq!(ledger.witnesses.len(), 1);
    assert_eq!(report.as_of_today(Today::Good).today, Today::Good);
}

#[test]
fn no_bit_can_be_flipped() {
    let mut house = House::new();
    let (bytes, trust) = (house.seal(), house.trust());
    let [_, twice] = house.seal_twice();
    let mut disorder = Disorder(0xb17);
    for (original, flips) in [(&bytes, 5000), (&twice, 1000)] {
        // Anywhere, and all over the last hole, which no signature covers.
        let hole = original.windows(5).rposition(|w| w == b"<3082").unwrap();
        let everywhere = (0..flips).map(|_| disorder.below(original.len() * 8));
        let in_the_hole = (hole * 8..(hole + 12002) * 8).step_by(37);
        for bit in everywhere.chain(in_the_hole) {
            let mut flipped = original.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let report = verify(&flipped, &trust, now());
            assert_ne!(report.verdict, Verdict::Valid, "bit {bit} of {}: {}", original.len(), summary(&report));
        }
    }
}

#[test]
fn no_piece_of_it_is_valid() {
    let mut house = House::new();
    let (bytes, trust) = (house.seal(), house.trust());
    for end in (0..bytes.len()).step_by(97).chain(bytes.len() - 10..bytes.len()) {
        assert_ne!(verify(&bytes[..end], &trust, now()).verdict, Verdict::Valid, "{end}");
    }
    assert_eq!(summary(&verify(b"", &trust, now())), "invalid broken FORMAT_FAILURE not-a-pdf");
    assert_eq!(summary(&verify(&bytes[..3000], &trust, now())), "invalid broken FORMAT_FAILURE truncated");
    assert_eq!(summary(&verify(&document(1), &trust, now())), "indeterminate unsigned SIGNED_DATA_NOT_FOUND unsigned");
    let prepared = prepare(&document(1), &fields(1)).unwrap();
    assert_eq!(
        summary(&verify(stamped(&prepared, "seal-0", Permission::CertifyFinal).bytes(), &trust, now())),
        "invalid broken FORMAT_FAILURE not-filled"
    );
    for longer in [&b"\n"[..], b" ", b"%%EOF\n", b"\n%%EOF"] {
        let report = verify(&[&bytes[..], longer].concat(), &trust, now());
        assert_eq!(summary(&report), "invalid modified FORMAT_FAILURE trailing-bytes", "{longer:?}");
    }
    let page = "<< /Type /Page /Parent 2 0 R /Contents 7 0 R >>";
    let report = verify(&append(&bytes, &[(4, page)]), &trust, now());
    assert_eq!(summary(&report), "invalid modified FORMAT_FAILURE revision-after-final,page-changed");
    let told: Vec<_> = report.reasons.iter().map(|reason| (reason.page, reason.text.as_str())).collect();
    assert_eq!(told[1], (Some(1), "第1页被改动，请勿采信，并索取未经改动的原件。"));
    assert!(told.iter().all(|(_, text)| text.ends_with('。') && text.matches('。').count() == 1), "{told:?}");
}

#[test]
fn two_seals_are_valid_together_only() {
    let mut house = House::new();
    let [first, second] = house.seal_twice();
    assert_eq!(summary(&verify(&second, &house.trust(), now())), "valid intact - ");
    let report = verify(&first, &house.trust(), now());
    assert_eq!(summary(&report), "indeterminate suspicious - seal-missing");
    assert!(report.is_valid_so_far() && !report.is_valid());
    assert!(!verify(&first, &House::new().trust(), now()).is_valid_so_far());
    assert!(!verify(&document(1), &house.trust(), now()).is_valid_so_far());
}

#[test]
fn a_seal_s_place_taken_by_another_signer_is_never_valid() {
    let (mut house, mut stranger) = (House::new(), House::new());
    let [first, _] = house.seal_twice();
    let next = stamped(&first, "seal-1", Permission::Approve);
    let taken = stranger.sign(&next, &|entry| entry, &|_| None);
    // Whether the verifier knows the other signer or not.
    assert_eq!(
        summary(&verify(&taken, &house.trust(), now())),
        "indeterminate suspicious SIG_CONSTRAINTS_FAILURE seal-replaced,no-chain"
    );
    let mut files = vec![("outside/root.pem".to_owned(), stranger.hall.root.to_pem().into_bytes())];
    files.push(("root.pem".to_owned(), house.hall.root.to_pem().into_bytes()));
    let log = house.log.log.log_key();
    files.push((
        "policy.txt".to_owned(),
        format!("log {log}\nwitness w {}\nquorum none\n", house.log.witness.witness_key()).into(),
    ));
    let report = verify(&taken, &Trust::from_files(files).unwrap(), now());
    assert_eq!((report.verdict, report.integrity), (Verdict::Indeterminate, Integrity::Suspicious));
    assert!(report.has("seal-replaced"), "{}", report.summary());
}

#[test]
fn a_timestamp_in_a_seal_s_place_is_no_seal() {
    let mut house = House::new();
    let [first, mut bytes] = house.seal_twice();
    let (seal, timestamp) = (&b"/SubFilter /ETSI.CAdES.detached"[..], &b"/SubFilter /ETSI.RFC3161       "[..]);
    let at = first.len() + bytes[first.len()..].windows(seal.len()).position(|word| word == seal).unwrap();
    bytes[at..at + seal.len()].copy_from_slice(timestamp);
    let report = verify(&bytes, &house.trust(), now());
    assert!(report.signatures[1].is_timestamp && !report.has("seal-missing"));
    assert!(report.has("seal-replaced"), "{}", report.summary());
}

#[test]
fn a_line_of_the_checkpoint_stands_there_once() {
    let mut house = House::new();
    let doubled = |proof: TlogProof| {
        let mut lines = proof.checkpoint().note().signatures().to_vec();
        lines.push(lines[0].clone());
        let checkpoint = SignedCheckpoint::new(proof.checkpoint().claim(), lines).unwrap();
        let entry = Entry::parse(proof.extra().unwrap()).unwrap();
        unchanged(TlogProof::new(&entry, proof.index(), proof.path().to_vec(), checkpoint))
    };
    let bytes = house.seal_otherwise(&|entry| entry, &doubled);
    assert_eq!(summary(&verify(&bytes, &house.trust(), now())), "invalid intact SIG_CONSTRAINTS_FAILURE proof-wrong");
}

#[test]
fn a_seal_without_exactly_its_own_entry_is_invalid() {
    let mut house = House::new();
    let mut with = |change_use: ChangeUse<'_>, change_proof: ChangeProof<'_>| {
        let bytes = house.seal_otherwise(change_use, change_proof);
        summary(&verify(&bytes, &house.trust(), now()))
    };
    let failed = |code: &str| format!("invalid intact SIG_CONSTRAINTS_FAILURE {code}");
    assert_eq!(with(&|entry| entry, &|_| None), failed("proof-missing"));
    let other = Digest::of(b"other");
    assert_eq!(with(&|e| SealUse { document: other, ..e }, &unchanged), failed("entry-other-document"));
    assert_eq!(with(&|e| SealUse { seal: other, ..e }, &unchanged), failed("entry-other-seal"));
    let day = jiff::civil::date(2026, 11, 21);
    assert_eq!(with(&|e| SealUse { day, ..e }, &unchanged), failed("entry-other-day"));
    let elsewhere = |proof: TlogProof| {
        let index = format!("index {}\n", proof.index());
        Some(proof.to_string().replace(&index, &format!("index {}\n", proof.index() - 1)).into_bytes())
    };
    assert_eq!(with(&|e| e, &elsewhere), failed("proof-wrong"));
    assert_eq!(with(&|e| e, &|proof| Some((proof.to_string() + "x").into_bytes())), failed("proof-wrong"));
    assert_eq!(with(&|e| e, &|_| Some(b"x".to_vec())), failed("proof-wrong"));
    let without_entry = |proof: TlogProof| {
        let lines: Vec<String> =
            proof.to_string().lines().filter(|l| !l.starts_with("extra ")).map(str::to_owned).collect();
        Some((lines.join("\n") + "\n").into_bytes())
    };
    assert_eq!(with(&|e| e, &without_entry), failed("proof-wrong"));
}

/// The CMS object with its proof attribute twice, which the writer here cannot make.
fn with_proof_doubled(cms: &[u8]) -> Vec<u8> {
    use crate::pki::tlv::{Element, SEQUENCE, SET, context, tlv};
    let elements = |element: &Element<'_>| {
        let (mut reader, mut all) = (element.reader().unwrap(), Vec::new());
        while !reader.is_finished() {
            all.push(reader.element().unwrap().full.to_vec());
        }
        all
    };
    let join = |tag: u8, parts: &[Vec<u8>]| tlv(tag, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let of = |bytes: &[u8], tag: u8| elements(&Element::parse(bytes, tag).unwrap());
    let mut content_info = of(cms, SEQUENCE);
    let mut signed_data = of(&of(&content_info[1], context(0))[0], SEQUENCE);
    let last = signed_data.len() - 1;
    let mut signer = of(&of(&signed_data[last], SET)[0], SEQUENCE);
    let unsigned = signer.len() - 1;
    let proof = of(&signer[unsigned], context(1)).remove(0);
    signer[unsigned] = join(context(1), &[proof.clone(), proof]);
    signed_data[last] = join(SET, &[join(SEQUENCE, &signer)]);
    content_info[1] = join(context(0), &[join(SEQUENCE, &signed_data)]);
    join(SEQUENCE, &content_info)
}

#[test]
fn two_proofs_are_one_too_many() {
    let mut house = House::new();
    let bytes = house.seal();
    let document = Document::open(&bytes, &Limits::DEFAULT).unwrap();
    let signature = document.signature_fields().unwrap().remove(0).signature.unwrap();
    let coverage = document.coverage(&signature).unwrap();
    let doubled = hex::encode(with_proof_doubled(coverage.der(&signature)));
    let hole = signature.hole.unwrap();
    let mut bytes = bytes.clone();
    bytes[hole.start + 1..hole.start + 1 + doubled.len()].copy_from_slice(doubled.as_bytes());
    let report = verify(&bytes, &house.trust(), now());
    assert!(report.verdict == Verdict::Invalid && report.has("proof-doubled"), "{}", summary(&report));
}

#[test]
fn a_log_or_a_quorum_that_is_not_known_cannot_be_confirmed() {
    let mut house = House::new();
    let bytes = house.seal();
    let with = |policy: &str| summary(&verify(&bytes, &house.trust_with(policy), now()));
    let (log, witness) = (house.log.log.log_key(), house.log.witness.witness_key());
    let (other, other_log) =
        (Signer::new("other.example/w2").witness_key(), Signer::new("other.example/log").log_key());
    let unknown = "indeterminate intact SIG_CONSTRAINTS_FAILURE log-unknown";
    assert_eq!(
        with(&format!("log {other_log}\nwitness w1 {witness}\nquorum none\n")),
        format!("{unknown},cosigner-unknown")
    );
    assert_eq!(
        with(&format!("log {log}\nwitness w1 {witness}\nwitness w2 {other}\ngroup g all w1 w2\nquorum g\n")),
        "indeterminate intact SIG_CONSTRAINTS_FAILURE quorum-short"
    );
    assert_eq!(
        with(&format!("log {log}\nquorum none\n")),
        "indeterminate intact SIG_CONSTRAINTS_FAILURE cosigner-unknown,no-independent-witness"
    );
    assert_eq!(with(&format!("log {log}\nwitness w1 {witness}\nquorum none\n")), "valid intact - ");
    let trust = Trust::from_files([("root.crt".to_owned(), house.hall.root.der().to_vec())]).unwrap();
    // Without the hall's lists nothing is known of revocation, either.
    assert_eq!(summary(&verify(&bytes, &trust, now())), format!("{unknown},revocation-unknown"));
    // A log that signs alone, as in a demonstration.
    let log_alone = |proof: TlogProof| {
        let lines = proof.checkpoint().note().signatures()[..1].to_vec();
        let checkpoint = SignedCheckpoint::new(proof.checkpoint().claim(), lines).unwrap();
        let entry = Entry::parse(proof.extra().unwrap()).unwrap();
        unchanged(TlogProof::new(&entry, proof.index(), proof.path().to_vec(), checkpoint))
    };
    let bytes = house.seal_otherwise(&|entry| entry, &log_alone);
    let trust = house.trust_with(&format!("log {log}\nquorum none\n"));
    assert_eq!(summary(&verify(&bytes, &trust, now())), "valid intact - no-independent-witness");
}

#[test]
fn an_unknown_signer_is_not_confirmed_and_not_condemned() {
    let mut house = House::new();
    let bytes = house.seal();
    let stranger = House::new();
    let report = verify(&bytes, &stranger.trust(), now());
    assert_eq!(summary(&report), "indeterminate intact NO_CERTIFICATE_CHAIN_FOUND no-chain");
    let mut flipped = bytes.clone();
    flipped[200] ^= 1;
    let report = verify(&flipped, &stranger.trust(), now());
    assert_eq!((report.verdict, report.integrity), (Verdict::Invalid, Integrity::Modified));
    // An outside authority that is trusted to name its signers: no proof is asked.
    let root = house.hall.root.to_pem().into_bytes();
    let trust = Trust::from_files([("outside/root.pem".to_owned(), root)]).unwrap();
    let bytes = house.seal_otherwise(&|entry| entry, &|_| None);
    assert_eq!(summary(&verify(&bytes, &trust, now())), "valid intact - revocation-unknown");
}

#[test]
fn only_a_witness_proves_that_a_seal_is_older_than_its_certificates_end() {
    let mut house = House::new();
    let bytes = house.seal();
    let later = at("2030-01-01");
    assert_eq!(summary(&verify(&bytes, &house.trust(), later)), "valid intact - ");
    let (log, witness) = (house.log.log.log_key(), Signer::new("other.example/w2").witness_key());
    let trust = house.trust_with(&format!("log {log}\nwitness w2 {witness}\nquorum none\n"));
    let report = verify(&bytes, &trust, later);
    assert_eq!(
        summary(&report),
        "indeterminate intact SIG_CONSTRAINTS_FAILURE cosigner-unknown,expired,no-independent-witness"
    );
    assert_eq!(summary(&verify(&bytes, &house.trust(), at("2026-11-20"))), "indeterminate intact - signed-in-future");
}

#[test]
fn revocation_counts_from_its_day() {
    let mut house = House::new();
    let bytes = house.seal();
    let with = |day: &str| {
        let trust = Trust::of_hall(vec![house.hall.root.clone()], vec![house.crl(day)], house.log.policy());
        verify(&bytes, &trust, now())
    };
    assert_eq!(summary(&with("2026-11-21")), "invalid intact REVOKED revoked");
    assert_eq!(summary(&with("2026-11-22")), "invalid intact REVOKED revoked", "midnight is before the sealing");
    let since = with("2026-11-23");
    // What the seal sealed before stays good; whether it does today is for the log to say.
    assert_eq!((summary(&since), since.today), ("valid intact - revoked-since".to_owned(), Today::NotAsked));
    assert_eq!(since.said().word, Word::Valid);
}

#[test]
fn another_spelling_of_the_hole_is_refused() {
    let mut house = House::new();
    let bytes = house.seal();
    let hole = bytes.windows(5).rposition(|w| w == b"<3082").unwrap();
    let mut upper = bytes.clone();
    upper[hole..hole + 12000].make_ascii_uppercase();
    assert_eq!(summary(&verify(&upper, &house.trust(), now())), "invalid suspicious FORMAT_FAILURE not-canonical");
}

#[test]
fn trust_is_read_whole_or_not_at_all() {
    let house = House::new();
    let root = || ("anchors/root.pem".to_owned(), house.hall.root.to_pem().into_bytes());
    let file = |name: &str, text: String| (name.to_owned(), text.into_bytes());
    let (log, other) = (house.log.log.log_key(), Signer::new("other.example/log").log_key());
    let policy = format!("log {log}\nquorum none\n");
    assert!(
        Trust::from_files([root(), file("policy.txt", policy.clone()), file("log.vkey", format!("{log}\n"))]).is_ok()
    );
    assert!(Trust::from_files([root(), file("log.vkey", format!("{log}\n")), file("README", "x".to_owned())]).is_ok());
    let wrong = |files: Vec<(String, Vec<u8>)>| Trust::from_files(files).unwrap_err().to_string();
    assert_eq!(wrong(vec![]), "no trust anchor");
    assert_eq!(
        wrong(vec![root(), file("policy.txt", policy), file("log.vkey", other.to_string())]),
        "log.vkey is not among the logs of policy.txt"
    );
    assert!(wrong(vec![file("a.pem", "x".to_owned())]).starts_with("a.pem: "));
    assert!(wrong(vec![root(), file("policy.txt", "x".to_owned())]).starts_with("policy.txt: "));
    assert!(wrong(vec![root(), file("b.crl", "x".to_owned())]).starts_with("b.crl: "));
    // Whatever the letter case; and what may be meant to count and does not is said.
    assert!(wrong(vec![root(), file("B.CRL", "x".to_owned())]).starts_with("B.CRL: "));
    assert!(wrong(vec![root(), file("Policy.TXT", "x".to_owned())]).starts_with("Policy.TXT: "));
    for name in ["issuing.crl.old", "issuing.der", "list.txt", "halls/b.key"] {
        assert!(wrong(vec![root(), file(name, String::new())]).starts_with(&format!("{name}: not a kind of file")));
    }
    for note in ["witnesses", "README.txt", "halls/notes.md"] {
        assert!(Trust::from_files([root(), file(note, String::new())]).is_ok());
    }
    assert!(wrong(vec![root(), file("log.vkey", "\n".to_owned())]).starts_with("log.vkey: "));
}

#[test]
fn exit_codes_tell_the_worst() {
    let mut house = House::new();
    let (bytes, trust) = (house.seal(), house.trust());
    let valid = verify(&bytes, &trust, now());
    let unknown = verify(&document(1), &trust, now());
    let invalid = verify(&bytes[..3000], &trust, now());
    assert_eq!(exit_code([&valid]), 0);
    assert_eq!(exit_code([&valid, &unknown]), 2);
    assert_eq!(exit_code([&unknown, &invalid, &valid]), 1);
}

#[test]
fn every_sentence_is_one_sentence_with_something_to_do() {
    use crate::pdf::read::ChangeCode;
    for reason in [Reason::NotPdf, Reason::NoWitness, Reason::QuorumShort, Reason::DigestMismatch] {
        assert!(reason.text().ends_with('。') && reason.text().matches('。').count() == 1, "{reason:?}");
    }
    assert_eq!(Reason::Changed(ChangeCode::Page).text(), "签章之后页面被改动。请勿采信，并索取未经改动的原件。");
}

#[test]
fn a_signature_shown_twice_is_suspicious() {
    let mut house = House::new();
    let bytes = house.seal();
    let field = Document::open(&bytes, &Limits::DEFAULT).unwrap().signature_fields().unwrap().remove(0);
    let (first, signature) = (field.id.number, field.signature.unwrap().id.unwrap());
    let form = format!("<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{first} 0 R 30 0 R] >> >>");
    let again = format!("<< /FT /Sig /T (again) /V {signature} >>");
    let report = verify(&append(&bytes, &[(1, &form), (30, &again)]), &house.trust(), now());
    assert!(report.has("shared-signature") && report.has("catalog-changed"), "{}", report.summary());
    assert_eq!(report.verdict, Verdict::Invalid);
}

/// Whatever the bytes, there is an answer.
#[test]
fn three_thousand_mutations_have_an_answer() {
    let mut house = House::new();
    let [_, original] = house.seal_twice();
    let (trust, mut disorder) = (house.trust(), Disorder(0xfeed));
    for _ in 0..3000 {
        let mut bytes = original.clone();
        for _ in 0..=disorder.below(3) {
            let (at, from) = (disorder.below(bytes.len()), disorder.below(bytes.len()));
            match disorder.below(3) {
                0 => bytes[at] = disorder.below(256) as u8,
                1 => {
                    let piece = bytes[from..bytes.len().min(from + 60)].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => drop(bytes.drain(at..bytes.len().min(at + 1 + disorder.below(30)))),
            }
        }
        let report = verify(&bytes, &trust, now());
        assert!(report.verdict != Verdict::Valid || bytes == original);
        assert!(!report.reasons.is_empty() || bytes == original);
    }
}
