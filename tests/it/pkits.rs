//! NIST's Public Key Interoperability Test Suite: paths, policies, name constraints and revocation lists as RFC 5280 has them, judged by our validator with the results that the
//! suite's document states. All of the suite's certificates and lists are at hand in every test, so that the right path has to be found, too.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use yinxin::pki::certificate::Certificate;
use yinxin::pki::crl::Crl;
use yinxin::pki::path::{Policies, PolicySettings, Purpose, RevocationState, Settings, validate};
use yinxin::pki::store::{Pool, Store};

use crate::tools::{python, run};

/// Deviations from the suite's results, each with its reason. One that no longer deviates fails the test.
const DEVIATIONS: &[(&str, &str)] = &[
    ("4.1.4", "DSA is no algorithm of ours: RFC 8603 and FIPS 186-5 have given it up"),
    ("4.1.5", "DSA, with parameters inherited from the issuer's key"),
];

/// What of the suite is refused on reading, which its tests ask for; three signatures that must not verify are BIT STRINGs of other than whole bytes.
const UNREAD: &[&str] = &[
    "BadSignedCACert: not a DER certificate",
    "InvalidDSASignatureTest6EE: not a DER certificate",
    "BadCRLSignatureCACRL: not a DER revocation list of version 2 with a next update",
    "UnknownCRLEntryExtensionCACRL: critical extension 2.16.840.1.101.2.1.12.2 not supported in a revocation list",
    "UnknownCRLExtensionCACRL: critical extension 2.16.840.1.101.2.1.12.2 not supported in a revocation list",
];

/// All certificates and lists of the suite hold at this time, but for those made not to.
const AT: &str = "2026-06-01T00:00:00Z";

struct Suite {
    certificates: Vec<Certificate>,
    lists: Vec<Crl>,
    store: Store,
    folder: PathBuf,
}

impl Suite {
    fn load() -> Self {
        let script = "import cryptography_vectors as c; print(c.__path__[0])";
        let package = run(Command::new(python()).args(["-c", script]));
        let folder = Path::new(package.trim()).join("x509/PKITS_data");
        let read = |sub: &str| -> Vec<(String, Vec<u8>)> {
            let entries =
                std::fs::read_dir(folder.join(sub)).unwrap_or_else(|error| panic!("{sub}: {error}: make tools"));
            let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
            paths.sort();
            let stem = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
            paths.iter().map(|path| (stem(path), std::fs::read(path).unwrap())).collect()
        };
        let mut unread = Vec::new();
        let (mut certificates, mut lists) = (Vec::new(), Vec::new());
        for (name, der) in read("certs") {
            Certificate::from_der(&der).map_or_else(|e| unread.push(format!("{name}: {e}")), |c| certificates.push(c));
        }
        for (name, der) in read("crls") {
            Crl::from_der(&der).map_or_else(|e| unread.push(format!("{name}: {e}")), |list| lists.push(list));
        }
        assert_eq!(unread, UNREAD);
        let anchor = std::fs::read(folder.join("certs/TrustAnchorRootCertificate.crt")).unwrap();
        let store = Store::new(vec![Certificate::from_der(&anchor).unwrap()], Vec::new(), Vec::new());
        Self { certificates, lists, store, folder }
    }

    /// The policies the path is valid for, or why there is none that is not revoked.
    fn judge(&self, case: &Case<'_>) -> Result<Policies, String> {
        let der = std::fs::read(self.folder.join(format!("certs/{}EE.crt", case.end_entity))).unwrap();
        let signer = Certificate::from_der(&der).map_err(|error| error.to_string())?;
        let pool = Pool { lists: &self.lists, ..Pool::new(&self.store, &self.certificates) };
        let settings = Settings { policies: case.settings.clone(), ..Settings::new(Purpose::Any, AT.parse().unwrap()) };
        let path = validate(&signer, &pool, &settings).map_err(|error| error.to_string())?;
        match path.revocation() {
            RevocationState::NotRevoked(_) => Ok(path.policies().clone()),
            state => Err(format!("{state:?}")),
        }
    }
}

struct Case<'a> {
    number: &'a str,
    end_entity: &'a str,
    settings: PolicySettings,
    is_valid: bool,
    policies: Option<Policies>,
}

impl<'a> Case<'a> {
    fn parse(line: &'a str) -> Self {
        let mut words = line.split_whitespace();
        let (number, end_entity) = (words.next().unwrap(), words.next().unwrap());
        let acceptable = policies(words.next().unwrap());
        let mut settings = PolicySettings::default();
        if let Policies::These(policies) = acceptable {
            settings.acceptable = policies.into_iter().collect();
        }
        let is_valid = loop {
            match words.next().unwrap() {
                "explicit" => settings.explicit = true,
                "no-mapping" => settings.inhibit_mapping = true,
                "no-any" => settings.inhibit_any = true,
                result => break ["invalid", "valid"].iter().position(|known| *known == result).unwrap() == 1,
            }
        };
        Self { number, end_entity, settings, is_valid, policies: words.next().map(policies) }
    }
}

/// `any`, `none` or numbers of NIST's test policies, 2.16.840.1.101.3.2.1.48.n.
fn policies(word: &str) -> Policies {
    let these = |numbers: &str| -> BTreeSet<_> {
        numbers.split(',').map(|n| format!("2.16.840.1.101.3.2.1.48.{n}").parse().unwrap()).collect()
    };
    match word {
        "any" => Policies::Any,
        "none" => Policies::These(BTreeSet::new()),
        numbers => Policies::These(these(numbers)),
    }
}

#[test]
fn the_public_suite_is_passed() {
    let suite = Suite::load();
    let lines = include_str!("pkits/cases.txt").lines().filter(|line| line.starts_with('4'));
    let cases: Vec<_> = lines.map(Case::parse).collect();
    assert_eq!(cases.len(), 247, "224 tests, some with several settings");
    let mut wrong = Vec::new();
    let mut right = 0;
    for case in &cases {
        let found = suite.judge(case);
        let is_right = match &found {
            Ok(policies) => case.is_valid && case.policies.as_ref().is_none_or(|expected| expected == policies),
            Err(_) => !case.is_valid,
        };
        right += usize::from(is_right);
        let deviation = DEVIATIONS.iter().find(|(number, _)| *number == case.number);
        if is_right == deviation.is_some() {
            wrong.push(format!("{} {}: {found:?}, deviation: {deviation:?}", case.number, case.end_entity));
        }
    }
    println!("PKITS: {right} of {} passed, {} deviations", cases.len(), DEVIATIONS.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(right, 245);
}
