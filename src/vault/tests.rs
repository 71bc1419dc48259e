use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::cms::SignedAttributes;
use crate::ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::ledger::entry::{Entry, Salted, SealChange};
use crate::ledger::sample::{SampleLog, Signer, seal_use};
use crate::ledger::witness::{AddCheckpoint, check};
use crate::pki::authority::{self, CertSigner, Issuer, SigningFailed, Subject, Term};
use crate::pki::csr::CertificationRequestInfo;
use crate::pki::name::DistinguishedName;
use crate::pki::suite::Suite;
use crate::pki::testing::{Hall, at, rng, serial};

const PASSPHRASE: &str = "correct horse battery";

fn passphrase(text: &str) -> Unlock {
    Unlock::Passphrase(Zeroizing::new(text.to_owned()))
}

/// A vault with a key file, which costs nothing to open, beside it.
struct Place {
    outside: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { outside: tempfile::tempdir().unwrap() };
        place.write_key_file("unlock", &[9; 32], 0o600);
        place
    }

    fn write_key_file(&self, name: &str, bytes: &[u8], mode: u32) {
        let path = self.outside.path().join(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    }

    fn dir(&self) -> PathBuf {
        self.outside.path().join("keys")
    }

    fn unlock(&self, name: &str) -> Unlock {
        Unlock::KeyFile(self.outside.path().join(name))
    }

    fn create(&self) -> Vault {
        Vault::create(&self.dir(), &self.unlock("unlock"), &rng()).unwrap()
    }

    fn open(&self) -> Result<Vault, VaultError> {
        Vault::open(&self.dir(), &self.unlock("unlock"), &rng())
    }

    /// The one key file.
    fn key_file(&self) -> PathBuf {
        let mut files = fs::read_dir(self.dir()).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|extension| extension == "key")).unwrap()
    }
}

/// Attributes of a certificate that is in nobody's way; the vault looks at their digest and shape alone.
fn attributes(salt: u8) -> SignedAttributes {
    SignedAttributes::build(Digest::of(b"pdf"), &Hall::new().seal, [salt; 32])
}

#[test]
fn keys_of_every_kind_are_there_again_after_opening() {
    let place = Place::new();
    let vault = place.create();
    let seal = [vault.new_seal_key(&rng()).unwrap(), vault.new_seal_key(&rng()).unwrap()];
    vault.new_log_key(&rng()).unwrap();
    vault.new_witness_key(&rng()).unwrap();
    let root = vault.new_authority_key(Authority::Root, &rng()).unwrap();
    let server = vault.new_server_key(&rng()).unwrap();
    let origin = "hall.example/log".parse().unwrap();
    let log = vault.log_verifier_key(&origin).unwrap();
    drop(vault);
    let vault = place.open().unwrap();
    let mut held = vault.seal_keys();
    held.sort();
    let mut made = seal.to_vec();
    made.sort();
    assert_eq!(held, made);
    assert_eq!(vault.authority_keys(Authority::Root), [root]);
    assert!(vault.authority_keys(Authority::Seal).is_empty());
    assert_eq!(vault.log_verifier_key(&origin).unwrap(), log);
    assert!(vault.server_key(&Digest::of(&server)).is_ok());
    assert!(matches!(vault.new_log_key(&rng()), Err(VaultError::AlreadyThere(_))), "another key is another log");
}

#[test]
fn a_seal_signs_what_is_logged_for_it_and_nothing_else() {
    let place = Place::new();
    let vault = place.create();
    let spki = vault.new_seal_key(&rng()).unwrap();
    let seal = Digest::of(&spki);
    let attributes = attributes(1);
    let mut log = SampleLog::new();
    let mut logged = |entry: Entry| log.log(&entry);

    let use_ = logged(Entry::SealUse(seal_use(seal, attributes.digest())));
    let signature = vault.sign(use_, &attributes, &rng()).unwrap();
    assert_eq!(signature.suite, Suite::EcdsaP256Sha256);
    assert_eq!(signature.suite.verify(&spki, attributes.as_set_der(), &signature.bytes), Ok(()));

    let other_document = logged(Entry::SealUse(seal_use(seal, self::attributes(2).digest())));
    assert!(matches!(vault.sign(other_document, &attributes, &rng()), Err(VaultError::OtherDocument)));
    let other_seal = logged(Entry::SealUse(seal_use(Digest::of(b"another"), attributes.digest())));
    assert!(matches!(vault.sign(other_seal, &attributes, &rng()), Err(VaultError::NoSuchKey(_))));
    let approvals = Salted::new([Digest::of(b"order")]).unwrap();
    let change = SealChange { seal, approvals, day: jiff::civil::date(2026, 11, 22) };
    let suspension = logged(Entry::SealSuspend(change));
    assert!(matches!(vault.sign(suspension, &attributes, &rng()), Err(VaultError::NotASealUse)));
    // contentType and messageDigest alone: a signature without salt and certificate, though logged.
    let bare = "314b301806092a864886f70d010903310b06092a864886f70d010701302f06092a864886f70d01090431220420";
    let bare = SignedAttributes::parse(&hex::decode(format!("{bare}{}", "11".repeat(32))).unwrap()).unwrap();
    let use_ = logged(Entry::SealUse(seal_use(seal, bare.digest())));
    assert!(matches!(vault.sign(use_, &bare, &rng()), Err(VaultError::NotSealAttributes)));
}

#[test]
fn an_authority_signs_its_own_sort_alone() {
    let place = Place::new();
    let vault = place.create();
    let name = DistinguishedName::new("云溪市政务服务中心", "印章根证书").unwrap();
    let term = Term::new(at("2026-01-01"), at("2036-01-01")).unwrap();
    let seal_spki = vault.new_seal_key(&rng()).unwrap();
    let rng = rng();
    let signer = |which| {
        let spki = vault.new_authority_key(which, &rng).unwrap();
        vault.authority(&Digest::of(&spki), &rng).unwrap()
    };
    let (root_key, seal_key, service_key) =
        (signer(Authority::Root), signer(Authority::Seal), signer(Authority::Service));
    let root = authority::root(&name, term, serial(), &root_key).unwrap();
    let refused = |result: Result<_, authority::AuthorityError>| match result {
        Err(authority::AuthorityError::Signing(SigningFailed::NotItsKind(kind))) => kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(authority::root(&name, term, serial(), &seal_key)), authority::Issuance::Root);
    assert_eq!(refused(authority::root(&name, term, serial(), &service_key)), authority::Issuance::Root);
    let subject = |spki| Subject { name: &name, spki, term, serial: serial() };
    let issuer = Issuer::new(&root, &root_key).unwrap();
    assert_eq!(refused(authority::seal(&subject(&seal_spki), None, &issuer)), authority::Issuance::Seal);
    assert!(authority::seal_authority(&subject(seal_key.spki_der()), None, &issuer).is_ok());
    // A seal key is no authority's, and an authority's is no seal's.
    assert!(matches!(vault.authority(&Digest::of(&seal_spki), &rng), Err(VaultError::NoSuchKey(_))));
    let info = CertificationRequestInfo::new(&name, root_key.spki_der()).unwrap();
    assert!(matches!(vault.request_certificate(info, &rng), Err(VaultError::NoSuchKey(_))));
}

#[test]
fn two_trees_of_one_size_are_not_both_signed() {
    let place = Place::new();
    let vault = place.create();
    assert!(matches!(vault.sign_checkpoint(&checkpoint(1, b"a")), Err(VaultError::NoKey("log"))));
    vault.new_log_key(&rng()).unwrap();
    let line = vault.sign_checkpoint(&checkpoint(1, b"a")).unwrap();
    let key = vault.log_verifier_key(&checkpoint(1, b"a").origin).unwrap();
    assert!(key.verify(&checkpoint(1, b"a").text(), &line).is_ok());
    assert!(vault.sign_checkpoint(&checkpoint(1, b"a")).is_ok(), "again, after a crash");
    assert!(matches!(vault.sign_checkpoint(&checkpoint(1, b"b")), Err(VaultError::Fork)));
    assert!(vault.sign_checkpoint(&checkpoint(2, b"b")).is_ok());
}

fn checkpoint(size: u64, root: &[u8]) -> Checkpoint {
    Checkpoint { origin: "hall.example/log".parse().unwrap(), size, root: Digest::of(root) }
}

#[test]
fn a_cosignature_verifies_as_the_witnesss() {
    let place = Place::new();
    let vault = place.create();
    vault.new_witness_key(&rng()).unwrap();
    let name = "hall.example/witness".parse().unwrap();
    let (log, seen) = (Signer::new("hall.example/log"), checkpoint(7, b"x"));
    let signed = SignedCheckpoint::new(&seen, vec![log.sign(&seen.text())]).unwrap();
    let asked = AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: signed };
    let continued = check(&asked, &[log.log_key()], None).unwrap();
    let line = vault.cosign_checkpoint(&name, &continued, at("2026-11-22")).unwrap();
    let key = vault.witness_verifier_key(&name).unwrap();
    assert!(key.verify(&checkpoint(7, b"x").text(), &line).is_ok());
    assert!(key.verify(&checkpoint(8, b"x").text(), &line).is_err());
}

#[test]
fn a_passphrase_opens_its_vault_and_no_other_does() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys");
    let short = Vault::create(&path, &passphrase("elevenchars"), &rng());
    assert!(matches!(short, Err(VaultError::PassphraseTooShort)));
    let vault = Vault::create(&path, &passphrase(PASSPHRASE), &rng()).unwrap();
    let spki = vault.new_seal_key(&rng()).unwrap();
    drop(vault);
    assert_eq!(Vault::open(&path, &passphrase(PASSPHRASE), &rng()).unwrap().seal_keys(), std::slice::from_ref(&spki));
    let wrong = Vault::open(&path, &passphrase("correct horse batterz"), &rng());
    assert!(matches!(wrong, Err(VaultError::WrongSecret)));
    let wrong = Vault::open(&path, &Unlock::KeyFile("/nowhere".into()), &rng());
    assert!(matches!(wrong, Err(VaultError::WrongUnlock("passphrase"))));
    assert!(matches!(Vault::create(&path, &passphrase(PASSPHRASE), &rng()), Err(VaultError::AlreadyThere(_))));

    // Another passphrase: the old one no longer opens, the keys are the same.
    let vault = Vault::open(&path, &passphrase(PASSPHRASE), &rng()).unwrap();
    vault.change_unlock(&passphrase("another passphrase"), KdfCost::default(), &rng()).unwrap();
    assert!(matches!(Vault::open(&path, &passphrase(PASSPHRASE), &rng()), Err(VaultError::WrongSecret)));
    assert_eq!(Vault::open(&path, &passphrase("another passphrase"), &rng()).unwrap().seal_keys(), [spki]);
}

#[test]
fn the_cost_of_a_passphrase_can_be_raised_and_not_lowered() {
    assert!(KdfCost::new(64 * 1024, 3).is_ok());
    assert!(KdfCost::new(128 * 1024, 4).is_ok());
    for (memory, passes) in [(64 * 1024 - 1, 3), (64 * 1024, 2), (8 * 1024 * 1024, 3), (64 * 1024, 1000)] {
        assert!(matches!(KdfCost::new(memory, passes), Err(VaultError::Cost)), "{memory} {passes}");
    }
    // Nor in the file: a cheap vault.json, with a checksum that fits, is refused before anything is derived.
    let place = Place::new();
    place.create();
    let file = place.dir().join("vault.json");
    let unlock = "{\"passphrase\":{\"memory_kib\":8,\"passes\":1,\"salt\":\"00112233445566778899aabbccddeeff\"}}";
    let (nonce, wrapped) = ("00".repeat(12), "00".repeat(48));
    let checksum = Digest::of(format!("yinxin-vault/v1\n{unlock}\n{nonce}\n{wrapped}").as_bytes());
    let json = format!(
        "{{\"format\":\"yinxin-vault/v1\",\"unlock\":{unlock},\"nonce\":\"{nonce}\",\"wrapped_key\":\"{wrapped}\",\"checksum\":\"{checksum}\"}}"
    );
    fs::write(&file, json).unwrap();
    assert!(matches!(Vault::open(&place.dir(), &passphrase(PASSPHRASE), &rng()), Err(VaultError::Cost)));
}

#[test]
fn key_files_must_be_32_bytes_and_private() {
    let place = Place::new();
    place.create();
    place.write_key_file("other", &[8; 32], 0o600);
    place.write_key_file("short", &[9; 31], 0o600);
    place.write_key_file("public", &[9; 32], 0o640);
    place.write_key_file("read-only", &[9; 32], 0o400);
    let open = |name| Vault::open(&place.dir(), &place.unlock(name), &rng());
    assert!(matches!(open("other"), Err(VaultError::WrongSecret)));
    assert!(matches!(open("short"), Err(VaultError::KeyFileLength(_))));
    assert!(matches!(open("public"), Err(VaultError::TooOpen { mode: 0o640, .. })));
    assert!(matches!(open("missing"), Err(VaultError::Missing(_))));
    assert!(open("read-only").is_ok());
}

#[test]
fn a_torn_or_altered_file_is_told_from_a_wrong_secret() {
    let place = Place::new();
    place.create().new_seal_key(&rng()).unwrap();
    for path in [place.key_file(), place.dir().join("vault.json")] {
        let good = fs::read(&path).unwrap();
        let altered = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            matches!(place.open(), Err(VaultError::Altered(found)) if found == path)
        };
        for length in [0, 1, good.len() / 2, good.len() - 1] {
            assert!(altered(&good[..length]), "{} cut to {length}", path.display());
        }
        for index in 0..good.len() {
            let mut bytes = good.clone();
            bytes[index] ^= 1;
            // White space means nothing in JSON; that is the only thing that may change.
            if !good[index].is_ascii_whitespace() {
                assert!(altered(&bytes), "{} byte {index}", path.display());
            }
        }
        fs::write(&path, &good).unwrap();
        assert!(place.open().is_ok());
    }
}

#[test]
fn files_of_another_vault_or_under_another_name_do_not_open() {
    let (place, other) = (Place::new(), Place::new());
    place.create();
    other.create().new_seal_key(&rng()).unwrap();
    let foreign = other.key_file();
    let copy = place.dir().join(foreign.file_name().unwrap());
    fs::copy(&foreign, &copy).unwrap();
    assert!(matches!(place.open(), Err(VaultError::Altered(_))), "another vault's");
    fs::remove_file(&copy).unwrap();
    let renamed = other.dir().join(format!("seal-{}.key", Digest::of(b"x")));
    fs::rename(&foreign, &renamed).unwrap();
    assert!(matches!(other.open(), Err(VaultError::Altered(_))), "renamed");
    // A log's key made a seal's by editing kind and name alike.
    fs::rename(&renamed, &foreign).unwrap();
    let json = fs::read_to_string(&foreign).unwrap().replace("\"seal\"", "\"server\"");
    let name = foreign.file_name().unwrap().to_str().unwrap().replace("seal-", "server-");
    fs::remove_file(&foreign).unwrap();
    fs::write(other.dir().join(&name), json).unwrap();
    fs::set_permissions(other.dir().join(&name), Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(other.open(), Err(VaultError::Altered(_))), "made another kind");
}

#[test]
fn what_others_can_open_is_refused() {
    let place = Place::new();
    place.create().new_seal_key(&rng()).unwrap();
    let file_mode = |mode| fs::set_permissions(place.key_file(), Permissions::from_mode(mode)).unwrap();
    let dir_mode = |mode| fs::set_permissions(place.dir(), Permissions::from_mode(mode)).unwrap();
    let made = fs::metadata(place.key_file()).unwrap().permissions().mode() & 0o777;
    let made_dir = fs::metadata(place.dir()).unwrap().permissions().mode() & 0o777;
    assert_eq!((made, made_dir), (0o600, 0o700));
    file_mode(0o604);
    assert!(matches!(place.open(), Err(VaultError::TooOpen { mode: 0o604, .. })));
    file_mode(0o600);
    dir_mode(0o750);
    assert!(matches!(place.open(), Err(VaultError::TooOpen { mode: 0o750, .. })));
    dir_mode(0o700);
    assert!(place.open().is_ok());
}

#[test]
fn what_is_not_there_or_no_folder_is_said() {
    let place = Place::new();
    assert!(matches!(place.open(), Err(VaultError::Missing(path)) if path == place.dir()));
    fs::write(place.dir(), b"a file where the folder should be").unwrap();
    assert!(matches!(place.open(), Err(VaultError::Io { .. })));
    fs::remove_file(place.dir()).unwrap();
    let vault = place.create();
    fs::remove_file(place.dir().join("vault.json")).unwrap();
    assert!(matches!(place.open(), Err(VaultError::Missing(_))));
    // The folder goes away under an open vault: no key is taken into use that is not on disk.
    fs::remove_dir_all(place.dir()).unwrap();
    assert!(matches!(vault.new_seal_key(&rng()), Err(VaultError::Missing(_))));
    assert!(vault.seal_keys().is_empty());
}

#[test]
fn what_a_crash_left_unfinished_is_passed_over() {
    let place = Place::new();
    let vault = place.create();
    let spki = vault.new_seal_key(&rng()).unwrap();
    let name = place.key_file().file_name().unwrap().to_str().unwrap().to_owned();
    fs::write(place.dir().join(format!(".unfinished-{name}")), b"{").unwrap();
    assert_eq!(place.open().unwrap().seal_keys(), [spki]);
}

#[test]
fn a_destroyed_key_is_gone() {
    let place = Place::new();
    let vault = place.create();
    let spki = Digest::of(&vault.new_seal_key(&rng()).unwrap());
    vault.destroy_seal_key(&spki).unwrap();
    assert!(vault.seal_keys().is_empty());
    assert!(place.open().unwrap().seal_keys().is_empty());
    assert!(matches!(vault.destroy_seal_key(&spki), Err(VaultError::NoSuchKey(_))));
}

#[test]
fn a_key_that_another_node_made_is_found_when_it_is_asked_for() {
    let place = Place::new();
    let (one, other) = (place.create(), place.open().unwrap());
    let spki = Digest::of(&one.new_seal_key(&rng()).unwrap());
    assert!(other.seal_keys().is_empty());
    other.check_seal_key(&spki, &rng()).unwrap();
    assert_eq!(other.seal_keys(), one.seal_keys());
    let unknown = Digest::of(b"unknown");
    assert!(matches!(other.check_seal_key(&unknown, &rng()), Err(VaultError::NoSuchKey(_))));
    let later = Digest::of(&one.new_seal_key(&rng()).unwrap());
    fs::write(place.dir().join(format!("seal-{later}.key")), b"{}").unwrap();
    assert!(matches!(other.check_seal_key(&later, &rng()), Err(VaultError::Altered(_))));
}

#[test]
fn debug_output_holds_no_secret() {
    let place = Place::new();
    let vault = place.create();
    vault.new_seal_key(&rng()).unwrap();
    let text = format!("{vault:?} {:?}", passphrase(PASSPHRASE));
    assert!(text.contains("seal_keys: 1") && text.contains("Passphrase(..)"), "{text}");
    assert!(!text.contains(PASSPHRASE) && !text.contains("data_key"), "{text}");
    let path = place.key_file();
    let pkcs8_header = hex::encode(b"\x30\x81\x87\x02\x01\x00");
    assert!(!fs::read_to_string(path).unwrap().contains(&pkcs8_header));
}
