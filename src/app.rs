//! The only place where all parts meet: configuration, clock, random numbers, database, vault, ledger, fonts. Built once.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};

use crate::compose::{Composer, Fonts, Templates};
use crate::db::Db;
use crate::db::seal::SealRow;
use crate::digest::Digest;
use crate::hall::file::{Hall, HallProblems};
use crate::hall::id::DeviceId;
use crate::hall::means::Demand;
use crate::imprint::{Imprint, ImprintError, SealDesign, SealKind};
use crate::ledger::policy::{Policy, PolicyError};
use crate::passkey::RelyingParty;
use crate::pdf::Form;
use crate::pki::certificate::{Certificate, CertificateError};
use crate::sequencer::publish::Publication;
use crate::sequencer::{Sequencer, SequencerError};
use crate::store::{Store, StoreError};
use crate::vault::{Vault, VaultError};
use crate::verify::{Trust, TrustError};

pub mod config;
mod trust;
pub mod webhooks;
pub mod witnesses;

use config::{Config, ConfigError};
use trust::{list, lists_in};
pub use trust::{open_regular, read_regular, read_trust};
use webhooks::Receiver;
use witnesses::Watched;

/// The service's parts.
pub struct App {
    /// Departments, items, windows.
    pub hall: Hall,
    /// State.
    pub db: Db,
    /// Documents.
    pub store: Arc<Store>,
    /// Private keys.
    pub vault: Arc<Vault>,
    /// The ledger's only writer.
    pub sequencer: Sequencer,
    /// What outsiders fetch of the ledger.
    pub publication: Publication,
    /// Whose checkpoints count.
    pub policy: Arc<Policy>,
    /// The issuing authority's certificate: the chain below the root.
    pub chain: Arc<Vec<Certificate>>,
    /// Published templates.
    pub templates: Templates,
    /// Sets pages.
    pub composer: Arc<Composer>,
    /// Who is told what happens to certificates.
    pub receivers: Vec<Receiver>,
    /// This hall as a witness for others, if it is one.
    pub witness: Option<Watched>,
    /// Prefix of public addresses, without a slash at its end.
    pub base_url: String,
    /// The hall as browsers and their passkeys know it.
    pub relying_party: RelyingParty,
    /// What the hall demands of those who sign in and approve.
    pub rules: AccessRules,
    /// Random numbers.
    pub rng: Arc<SystemRandom>,
    /// The hall's own network, where it does not demand enrolled devices.
    pub network_device: DeviceId,
    /// What outsiders are given to verify with.
    pub trust_folder: PathBuf,
    trust: RwLock<Arc<Trust>>,
    lists_read: Mutex<[Option<Digest>; 2]>,
    clock: Clock,
    imprints: Mutex<HashMap<String, Arc<SealImprint>>>,
    _lock: DirectoryLock,
}

/// What the hall demands of those who sign in and approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessRules {
    /// Of approvals.
    pub approvals: Demand,
    /// Whether acts are done at enrolled devices alone.
    pub devices: bool,
    /// Whether everybody chooses a password of their own before anything else.
    pub own_passwords: bool,
}

/// What time it is.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's.
    #[default]
    System,
    /// Set by hand (microseconds), for tests and simulations.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until it is set again.
    pub fn standing_at(at: Timestamp) -> Self {
        Self::Set(Arc::new(AtomicI64::new(at.as_microsecond())))
    }

    /// Sets a clock that is set by hand.
    pub fn set(&self, at: Timestamp) {
        if let Self::Set(micros) = self {
            micros.store(at.as_microsecond(), Ordering::SeqCst);
        }
    }

    /// Now, to the microsecond.
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            Self::System => Timestamp::from_microsecond(Timestamp::now().as_microsecond()).unwrap_or_default(),
            Self::Set(micros) => Timestamp::from_microsecond(micros.load(Ordering::SeqCst)).unwrap_or_default(),
        }
    }
}

/// The imprint of a seal as PDF forms, drawn once.
pub struct SealImprint {
    /// Whole.
    pub form: Form,
    /// Diameter.
    pub diameter_mm: u8,
    /// The drawing, for SVG and PNG.
    pub imprint: Imprint,
}

impl SealImprint {
    /// Slice `index` of `count` of a seam seal.
    pub fn slice(&self, index: u32, count: u32) -> Option<Form> {
        self.imprint.pdf_slice(index, count).map(|slice| Form::new(&slice.content, slice.bbox))
    }
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file or folder.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another server runs on this data directory.
    #[error("{0}: another yinxin server uses this data directory; stop it first")]
    Locked(PathBuf),
    /// `hall.toml`.
    #[error("hall.toml: {0}")]
    Hall(#[from] HallProblems),
    /// A template lacks what an item needs, or the other way round.
    #[error("templates and hall.toml do not fit: {0}")]
    Templates(String),
    /// The documents' folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database.
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
    /// The ledger.
    #[error(transparent)]
    Sequencer(#[from] SequencerError),
    /// The ledger's policy.
    #[error("keys/trust/policy.txt: {0}")]
    Policy(#[from] PolicyError),
    /// The trust folder.
    #[error("keys/trust: {0}")]
    Trust(#[from] TrustError),
    /// The issuing authority's certificate.
    #[error("keys/issuing.pem: {0}")]
    Certificate(#[from] CertificateError),
    /// A receiver of webhooks.
    #[error("{0}")]
    Webhook(String),
    /// A witness, or this hall as one.
    #[error("{0}")]
    Witness(String),
    /// The hall has not been set up in this directory.
    #[error("{0}: no hall has been set up here; run `yinxin set-up --config FILE --hall HALL.toml`")]
    NotSetUp(PathBuf),
}

impl App {
    /// Opens a hall that has been set up: takes the lock, opens vault and database, recovers the ledger.
    pub async fn open(config: &Config, clock: Clock) -> Result<Self, StartError> {
        let data = &config.data;
        let hall_file = data.join("hall.toml");
        if !hall_file.exists() {
            return Err(StartError::NotSetUp(data.clone()));
        }
        let lock = DirectoryLock::take(data, config.database.is_some())?;
        let hall = Hall::parse(&read_text(&hall_file)?)?;
        let (templates, composer) = composing(&config.extra_fonts)?;
        check_templates(&hall, &templates)?;
        let rng = Arc::new(random());
        let keys = data.join("keys");
        let vault = Arc::new(Vault::open(&keys, &config.unlock_secret()?, &*rng)?);
        let policy = Arc::new(Policy::parse(&read_text(&keys.join("trust/policy.txt"))?)?);
        let trust_folder = keys.join("trust");
        let lists_read = Mutex::new(lists_in(&trust_folder));
        let trust = RwLock::new(Arc::new(read_trust(&trust_folder)?));
        let chain = Arc::new(vec![Certificate::from_pem(&read(&keys.join("issuing.pem"))?)?]);
        let db = Db::open(&config.address()).await?;
        let origin = db.origin().await?.ok_or_else(|| StartError::NotSetUp(data.clone()))?;
        let origin = origin.parse().map_err(|_| StartError::NotSetUp(data.clone()))?;
        let publication = Publication::open(&data.join("log"))?;
        let receivers = config.webhooks.iter().map(Receiver::open).collect::<Result<Vec<_>, _>>()?;
        for receiver in &receivers {
            db.know_webhook(&receiver.name).await?;
        }
        let ticking = clock.clone();
        let now = Arc::new(move || ticking.now());
        let witness = witness(config, &vault, &db, &rng).await?;
        let witnesses = Arc::new(witnesses::open(&config.witnesses, &policy)?);
        let sequencer =
            Sequencer::start(db.clone(), vault.clone(), origin, policy.clone(), witnesses, publication.clone(), now)
                .await?;
        Ok(Self {
            hall,
            db,
            store: Arc::new(Store::open(&data.join("objects"))?),
            vault,
            sequencer,
            publication,
            policy,
            trust_folder,
            trust,
            lists_read,
            chain,
            templates,
            composer,
            receivers,
            witness,
            base_url: config.base_url.trim_end_matches('/').to_owned(),
            relying_party: RelyingParty::of(&config.base_url),
            rules: config.access_rules(),
            network_device: DeviceId::new(Timestamp::UNIX_EPOCH, &[0; 10]),
            rng,
            clock,
            imprints: Mutex::new(HashMap::new()),
            _lock: lock,
        })
    }

    /// What a verifier of this hall believes.
    pub fn trust(&self) -> Arc<Trust> {
        self.trust.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the trust folder again, after something in it was issued anew.
    pub fn reload_trust(&self) -> Result<(), StartError> {
        let trust = Arc::new(read_trust(&self.trust_folder)?);
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = trust;
        Ok(())
    }

    /// Reads the trust folder again if the hall's revocation lists are others than those read last: this or another node has
    /// issued them.
    pub fn reload_lists(&self) -> Result<(), StartError> {
        let there = lists_in(&self.trust_folder);
        let mut read = self.lists_read.lock().unwrap_or_else(PoisonError::into_inner);
        if *read != there {
            self.reload_trust()?;
            *read = there;
        }
        Ok(())
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// 32 random bytes.
    pub fn random(&self) -> [u8; 32] {
        random_bytes(&self.rng)
    }

    /// A new UUIDv7.
    pub fn new_uuid(&self) -> uuid::Uuid {
        let millis = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random_bytes(&self.rng)).into_uuid()
    }

    /// A code that cannot be guessed: 16 letters and digits, 80 bits, none that are easily mistaken for another.
    pub fn random_code(&self) -> String {
        const ALPHABET: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz0";
        let bytes: [u8; 16] = random_bytes(&self.rng);
        bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
    }

    /// The imprint of a seal, drawn at its first use.
    pub fn imprint(&self, seal: &SealRow) -> Result<Arc<SealImprint>, ImprintError> {
        if let Some(drawn) = self.imprints.lock().unwrap_or_else(PoisonError::into_inner).get(&seal.id) {
            return Ok(drawn.clone());
        }
        let drawn = Arc::new(self.draw(seal)?);
        self.imprints.lock().unwrap_or_else(PoisonError::into_inner).insert(seal.id.clone(), drawn.clone());
        Ok(drawn)
    }

    /// The imprint of a seal that there may not be yet, drawn anew.
    pub fn draw(&self, seal: &SealRow) -> Result<SealImprint, ImprintError> {
        draw(seal, self.composer.fonts())
    }
}

/// This hall as a witness. Its key is made at the first start; a hall that has cosigned and has no key has lost it.
async fn witness(config: &Config, vault: &Vault, db: &Db, rng: &SystemRandom) -> Result<Option<Watched>, StartError> {
    let Some(config) = &config.witness else { return Ok(None) };
    match Watched::open(config, vault) {
        Err(StartError::Vault(VaultError::NoKey(_))) if db.all_witnessed().await?.is_empty() => {
            vault.new_witness_key(rng)?;
        }
        opened => return opened.map(Some),
    }
    Watched::open(config, vault).map(Some)
}

fn draw(seal: &SealRow, fonts: &Fonts) -> Result<SealImprint, ImprintError> {
    let approval = seal.kind == "approval";
    let design = SealDesign {
        name: seal.name.clone(),
        kind: if approval { SealKind::Approval } else { SealKind::Department },
        diameter_mm: seal.diameter_mm as u8,
        code: approval.then(|| seal.code.clone()),
    };
    let imprint = Imprint::draw(&design, fonts.song_bold())?;
    let form = imprint.pdf_form();
    Ok(SealImprint { form: Form::new(&form.content, form.bbox), diameter_mm: design.diameter_mm, imprint })
}

/// The system's random numbers.
#[expect(clippy::disallowed_methods, reason = "this is where random numbers come from")]
pub fn random() -> SystemRandom {
    SystemRandom::new()
}

fn random_bytes<const N: usize>(rng: &SystemRandom) -> [u8; N] {
    let mut bytes = [0; N];
    // The system's generator fails only before it is seeded at boot; going on without random numbers is no option.
    rng.fill(&mut bytes).expect("the system gives random numbers");
    bytes
}

/// Templates and faces, the extra directory's faces after the built-in ones.
pub(crate) fn composing(extra: &Option<PathBuf>) -> Result<(Templates, Arc<Composer>), StartError> {
    let mut faces = Vec::new();
    if let Some(folder) = extra {
        let mut files: Vec<PathBuf> = list(folder)?;
        files.retain(|file| {
            file.extension().is_some_and(|kind| ["ttf", "otf", "ttc"].iter().any(|known| kind == *known))
        });
        files.sort();
        for file in files {
            faces.push(read(&file)?);
        }
    }
    let fonts = Fonts::load(faces).map_err(|error| StartError::Templates(error.to_string()))?;
    let templates = Templates::builtin().map_err(|error| StartError::Templates(error.to_string()))?;
    Ok((templates, Arc::new(Composer::new(Arc::new(fonts)))))
}

/// Every item has its template, and the template every field of the item.
fn check_templates(hall: &Hall, templates: &Templates) -> Result<(), StartError> {
    let mut problems = Vec::new();
    let items = hall.items.iter().map(|item| (&item.certificate, &item.fields));
    let joints = hall.joints.iter().map(|joint| (&joint.joint_document, &joint.fields));
    for (name, fields) in items.chain(joints) {
        match templates.named(name) {
            None => problems.push(format!("{name}: no template")),
            Some(template) => {
                let missing = fields.iter().filter(|field| template.field(field).is_none());
                problems.extend(missing.map(|field| format!("{name}: the template has no field {field}")));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(StartError::Templates(problems.join("; "))) }
}

/// Held while the service runs. Unlocked by name when dropped: merely closing the file leaves it locked for as long as a
/// child process that was being started at that moment holds a copy of it.
struct DirectoryLock(File);

impl DirectoryLock {
    /// With a database of its own a directory has one server; where the database is shared, so may the directory be.
    fn take(data: &Path, shared: bool) -> Result<Self, StartError> {
        let path = data.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(at(&path))?;
        let taken = if shared { file.try_lock_shared() } else { file.try_lock() };
        taken.map_err(|_| StartError::Locked(data.to_owned()))?;
        Ok(Self(file))
    }
}

impl Drop for DirectoryLock {
    fn drop(&mut self) {
        // What cannot be unlocked is unlocked when the process ends.
        let _ = self.0.unlock();
    }
}

fn read(path: &Path) -> Result<Vec<u8>, StartError> {
    fs::read(path).map_err(at(path))
}

fn read_text(path: &Path) -> Result<String, StartError> {
    fs::read_to_string(path).map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> StartError {
    let path = path.to_owned();
    move |source| StartError::Io { path, source }
}
