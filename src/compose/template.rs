//! Templates: a typst face and the list of fields it takes. `version` names exactly the bytes that made a certificate.
//!
//! `<slug>/template.toml`:
//! ```toml
//! name = "食品经营许可证"            # the certificate's name, as the hall's items call it
//! source = "…"                      # the published form it follows
//! pages = "one"                     # or "many": then a seam seal (骑缝章) runs over the edges
//! date = "发证日期"                  # the date that stands under the seal
//! seals = ["issuer"]                # who seals it, in order; two or more for a joint document
//! order = [["发证日期", "有效期至"]]  # pairs of date fields: the first is earlier than the second
//! [[field]]
//! name = "经营者名称"
//! type = "text"                     # text paragraph date month period uscc identity enum money count blocks
//! max = 100                         # most characters; a usual value per type without it
//! required = true                   # the default
//! values = []                       # enum only
//! label = "…"                       # what a form shows instead of the name
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use typst::foundations::Bytes;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};

use crate::digest::Digest;

use super::Files;
use super::field::{Field, FieldKind, FieldToml};
use super::fonts::is_face;

/// Every template of a set of files.
pub struct Templates(BTreeMap<String, Arc<Template>>);

/// One template, parsed and ready to be composed.
pub struct Template {
    /// The name of its folder: `food-licence`.
    pub slug: String,
    /// The certificate's name: 食品经营许可证.
    pub name: String,
    /// The published form it follows.
    pub source: String,
    /// SHA-256 over the digests of all its files, the shared functions and the built-in faces, with their paths.
    pub version: Digest,
    /// In the order of the form.
    pub fields: Vec<Field>,
    /// Whether it is always one page.
    pub pages: PageCount,
    /// The field whose date stands under the seal.
    pub date: String,
    /// Who seals it, in order.
    pub seals: Vec<String>,
    /// Pairs of date fields of which the first is earlier than the second.
    pub order: Vec<(String, String)>,
    pub(super) sources: Sources,
}

/// What typst reads of one folder: its own files and the shared functions.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) face: FileId,
    pub(super) files: Arc<BTreeMap<String, Bytes>>,
    pub(super) parsed: Vec<Source>,
}

/// How many pages a certificate has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageCount {
    /// Exactly one, whatever the data.
    One,
    /// One to fifty: sealed over the page edges too.
    Many,
}

/// Why a template cannot be used; each names its folder.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// template.toml is not of the form this module describes.
    #[error("{slug}/template.toml: {reason}")]
    Declaration {
        /// The template's folder.
        slug: String,
        /// What is wrong.
        reason: String,
    },
    /// There is no face.typ, or a typst file is not UTF-8.
    #[error("{slug}: {path} is missing or not UTF-8")]
    Source {
        /// The template's folder.
        slug: String,
        /// The file.
        path: String,
    },
    /// Two templates of the same name.
    #[error("{slug}: another template is also called {name}")]
    Twice {
        /// The second template's folder.
        slug: String,
        /// The name.
        name: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    name: String,
    source: String,
    pages: PageCount,
    date: String,
    seals: Vec<String>,
    #[serde(default)]
    order: Vec<(String, String)>,
    field: Vec<FieldToml>,
}

impl Templates {
    /// The templates built into the program.
    pub fn builtin() -> Result<Self, TemplateError> {
        Self::from_files(&Files::builtin())
    }

    /// Every folder of `files` that has a template.toml.
    pub fn from_files(files: &Files) -> Result<Self, TemplateError> {
        let mut shared = Vec::new();
        let faces = files.below("fonts/").filter(|(path, _)| is_face(path));
        for (path, bytes) in faces.chain(files.below("lib/")) {
            shared.push((path.to_owned(), Digest::of(bytes)));
        }
        let mut templates = BTreeMap::new();
        let mut names = BTreeSet::new();
        for slug in files.slugs() {
            let template = Template::parse(slug, files, &shared)?;
            if !names.insert(template.name.clone()) {
                return Err(TemplateError::Twice { slug: slug.to_owned(), name: template.name });
            }
            templates.insert(slug.to_owned(), Arc::new(template));
        }
        Ok(Self(templates))
    }

    /// By folder name.
    pub fn slug(&self, slug: &str) -> Option<&Arc<Template>> {
        self.0.get(slug)
    }

    /// By the certificate's name.
    pub fn named(&self, name: &str) -> Option<&Arc<Template>> {
        self.0.values().find(|template| template.name == name)
    }

    /// All, sorted by folder name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Template>> {
        self.0.values()
    }
}

impl Template {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    fn parse(slug: &str, files: &Files, shared: &[(String, Digest)]) -> Result<Self, TemplateError> {
        let refuse = |reason: String| TemplateError::Declaration { slug: slug.to_owned(), reason };
        let path = format!("{slug}/template.toml");
        let text = files
            .at(&path)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .ok_or_else(|| refuse("not UTF-8".into()))?;
        let declared: Declaration = toml::from_str(text).map_err(|error| refuse(error.to_string()))?;
        let fields: Vec<Field> =
            declared.field.into_iter().map(FieldToml::parse).collect::<Result<_, _>>().map_err(refuse)?;

        let kind = |name: &str| fields.iter().find(|field| field.name == name).map(|field| &field.kind);
        let names: BTreeSet<_> = fields.iter().map(|field| &field.name).collect();
        if names.len() != fields.len() {
            return Err(refuse("a field is declared twice".into()));
        }
        if kind(&declared.date) != Some(&FieldKind::Date) {
            return Err(refuse(format!("date: {} is not a date field", declared.date)));
        }
        if declared.seals.is_empty() || declared.seals.iter().collect::<BTreeSet<_>>().len() != declared.seals.len() {
            return Err(refuse("seals: none, or one of them twice".into()));
        }
        for name in declared.order.iter().flat_map(|(first, then)| [first, then]) {
            if !matches!(kind(name), Some(FieldKind::Date | FieldKind::Month | FieldKind::Period)) {
                return Err(refuse(format!("order: {name} is not a date, month or period field")));
            }
        }

        let folder = format!("{slug}/");
        let own = files.below(&folder).map(|(path, bytes)| (path.to_owned(), Digest::of(bytes)));
        let version = version(shared.iter().cloned().chain(own));
        let sources = Sources::of(slug, files)?;
        Ok(Self {
            slug: slug.to_owned(),
            name: declared.name,
            source: declared.source,
            version,
            fields,
            pages: declared.pages,
            date: declared.date,
            seals: declared.seals,
            order: declared.order,
            sources,
        })
    }
}

impl Sources {
    /// The files of this folder and of `lib/`.
    pub(super) fn of(slug: &str, files: &Files) -> Result<Self, TemplateError> {
        let folder = format!("{slug}/");
        let mut sources = BTreeMap::new();
        let mut parsed = Vec::new();
        for (path, bytes) in files.below("lib/").chain(files.below(&folder)) {
            sources.insert(path.to_owned(), Bytes::new(bytes.clone()));
            if path.ends_with(".typ") {
                let missing = || TemplateError::Source { slug: slug.to_owned(), path: path.to_owned() };
                let text = std::str::from_utf8(bytes).map_err(|_| missing())?;
                parsed.push(Source::new(file_id(path).ok_or_else(missing)?, text.to_owned()));
            }
        }
        let face = format!("{slug}/face.typ");
        let missing = || TemplateError::Source { slug: slug.to_owned(), path: face.clone() };
        let face = sources.get(&face).and_then(|_| file_id(&face)).ok_or_else(missing)?;
        Ok(Self { face, files: Arc::new(sources), parsed })
    }
}

/// The digest of the lines `<path> <digest>\n`, sorted: it changes when any file does, comes or goes.
fn version(files: impl Iterator<Item = (String, Digest)>) -> Digest {
    let mut lines: Vec<String> = files.map(|(path, digest)| format!("{path} {digest}\n")).collect();
    lines.sort();
    Digest::of(lines.concat().as_bytes())
}

/// The interned id of a path. typst keeps at most 65,535 for the life of the process, so ids are made for template files only, never for data.
pub(super) fn file_id(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(format!("/{path}")).ok()?).intern())
}
