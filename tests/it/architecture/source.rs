//! A Rust source as tokens: enough to find its paths.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// One file below `src`.
pub(super) struct Source {
    /// From `src`, with `/`.
    pub(super) path: String,
    tokens: Vec<Token>,
    /// Tokens under `#[cfg(test)]`.
    tests: Vec<Range<usize>>,
    lines: usize,
}

struct Token {
    text: String,
    line: usize,
}

/// A path to something of this crate, from the crate's root.
pub(super) struct OwnPath {
    segments: Vec<String>,
    pub(super) line: usize,
}

impl OwnPath {
    /// The part of the house it leads to.
    pub(super) fn part(&self) -> &str {
        &self.segments[0]
    }

    /// Whether it leads to `place` (`part` or `part::module`) or below.
    pub(super) fn is_within(&self, place: &str) -> bool {
        place.split("::").enumerate().all(|(at, segment)| self.segments.get(at).is_some_and(|own| own == segment))
    }

    pub(super) fn text(&self) -> String {
        self.segments.join("::")
    }
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let tokens = tokens(text);
        let tests = tests(&tokens);
        Self { path: path.to_owned(), tokens, tests, lines: text.lines().count() }
    }

    /// The part of the house it belongs to: the first folder, or the file's own name.
    pub(super) fn part(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules deep the file is: `pki/path/tests.rs` is the module `pki::path::tests`.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") { parts - 1 } else { parts }
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    fn is_word(&self, at: usize) -> bool {
        self.text(at).starts_with(|c: char| c.is_alphabetic() || c == '_')
    }

    /// Every path that begins at the crate's root: `crate::…`, `yinxin::…`, and `super::…` that climbs as far.
    pub(super) fn own_paths(&self) -> Vec<OwnPath> {
        let mut found = Vec::new();
        // For each open brace: whether a module's.
        let mut open: Vec<bool> = Vec::new();
        for at in 0..self.tokens.len() {
            match self.text(at) {
                "{" => open.push(at >= 2 && self.text(at - 2) == "mod"),
                "}" => drop(open.pop()),
                "crate" | "yinxin" if self.begins_path(at) => self.tree(at + 1, &[], &mut found),
                "super" if self.begins_path(at) => {
                    let climbed = (0..).take_while(|n| self.text(at + 2 * n) == "super").count();
                    if climbed == self.depth() + open.iter().filter(|module| **module).count() {
                        self.tree(at + 2 * climbed - 1, &[], &mut found);
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Whether the word at `at` is the first of a path with more to come.
    fn begins_path(&self, at: usize) -> bool {
        let first = at < 2 || self.text(at - 1) != "::" || !self.is_word(at - 2) || self.text(at - 2) == "use";
        first && self.text(at + 1) == "::"
    }

    /// The paths of the use tree whose `::` is at `at`, below `head`.
    fn tree(&self, at: usize, head: &[String], found: &mut Vec<OwnPath>) {
        let line = self.tokens[at].line;
        let next = at + 1;
        if self.text(next) == "{" {
            let mut depth = 0;
            for inner in next.. {
                match self.text(inner) {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    _ => {}
                }
                if depth == 0 || inner >= self.tokens.len() {
                    break;
                }
                if depth == 1 && matches!(self.text(inner), "{" | ",") && self.is_word(inner + 1) {
                    self.branch(inner + 1, head, found);
                }
            }
        } else if self.is_word(next) {
            self.branch(next, head, found);
        } else if !head.is_empty() {
            found.push(OwnPath { segments: head.to_vec(), line });
        }
    }

    /// The paths that go on with the word at `at`.
    fn branch(&self, at: usize, head: &[String], found: &mut Vec<OwnPath>) {
        let mut segments = head.to_vec();
        if self.text(at) != "self" {
            segments.push(self.text(at).to_owned());
        }
        if self.text(at + 1) == "::" {
            self.tree(at + 1, &segments, found);
        } else if !segments.is_empty() {
            found.push(OwnPath { segments, line: self.tokens[at].line });
        }
    }

    /// First words of paths, and words of a bare `use`, outside tests: crates among them.
    pub(super) fn foreign_paths(&self) -> impl Iterator<Item = (&str, usize)> {
        self.without_tests().filter_map(|at| {
            let used = self.begins_path(at) || at > 0 && self.text(at - 1) == "use";
            (self.is_word(at) && used).then(|| (self.text(at), self.tokens[at].line))
        })
    }

    /// Every word outside tests.
    pub(super) fn words_without_tests(&self) -> impl Iterator<Item = (&str, usize)> {
        self.without_tests().filter(|at| self.is_word(*at)).map(|at| (self.text(at), self.tokens[at].line))
    }

    fn without_tests(&self) -> impl Iterator<Item = usize> {
        (0..self.tokens.len()).filter(|at| !self.tests.iter().any(|range| range.contains(at)))
    }

    pub(super) fn lines_without_tests(&self) -> usize {
        let lines = |range: &Range<usize>| self.tokens[range.end - 1].line - self.tokens[range.start].line + 1;
        self.lines - self.tests.iter().map(lines).sum::<usize>()
    }

    /// Modules in files of their own that exist for tests only.
    fn test_modules(&self) -> impl Iterator<Item = &str> {
        let ends = self.tests.iter().filter(|range| self.text(range.end - 1) == ";" && range.len() > 3);
        ends.filter(|range| self.text(range.end - 3) == "mod").map(|range| self.text(range.end - 2))
    }
}

/// Paths of the sources that are compiled for tests only.
pub(super) fn test_files(sources: &[Source]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for source in sources {
        let folder = source.path.strip_suffix("mod.rs").map(str::to_owned);
        let folder = folder.unwrap_or_else(|| format!("{}/", source.path.trim_end_matches(".rs")));
        for module in source.test_modules() {
            let (file, below) = (format!("{folder}{module}.rs"), format!("{folder}{module}/"));
            let within = |path: &&String| **path == file || path.starts_with(&below);
            found.extend(sources.iter().map(|source| &source.path).filter(within).cloned());
        }
    }
    found
}

/// Every `.rs` file below `folder`.
pub(super) fn read_folder(folder: &Path) -> Vec<Source> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source::new(&name, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// The ranges of tokens that `#[cfg(test)]` covers, attribute included.
fn tests(tokens: &[Token]) -> Vec<Range<usize>> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut found: Vec<Range<usize>> = Vec::new();
    for start in 0..tokens.len() {
        let marked = tokens[start..].iter().map(|token| token.text.as_str()).take(MARK.len()).eq(MARK);
        if !marked || found.last().is_some_and(|last| last.contains(&start)) {
            continue;
        }
        let (mut depth, mut end) = (0_usize, start + MARK.len());
        while end < tokens.len() {
            let text = tokens[end].text.as_str();
            end += 1;
            match text {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            // A `use` ends with its semicolon, anything else with its first block.
            let block = text == "}" && tokens.get(end).is_none_or(|next| next.text != ";");
            if depth == 0 && (text == ";" || block) {
                break;
            }
        }
        found.push(start..end);
    }
    found
}

/// Words, `::` and single characters; comments and literals left out.
fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    while at < chars.len() {
        let end = lexeme(&chars, at);
        let word: String = chars[at..end].iter().collect();
        let first = chars[at];
        let kept =
            word == "::" || first.is_alphabetic() && !word.contains(['"', '\'']) || first == '_' || end == at + 1;
        if kept && !first.is_whitespace() {
            found.push(Token { text: word, line });
        }
        line += chars[at..end].iter().filter(|c| **c == '\n').count();
        at = end;
    }
    found
}

/// Where the lexeme that begins at `at` ends.
fn lexeme(chars: &[char], at: usize) -> usize {
    let is = |offset: usize, wanted: char| chars.get(at + offset) == Some(&wanted);
    let find =
        |from: usize, stop: &dyn Fn(usize) -> bool| (from..chars.len()).find(|i| stop(*i)).unwrap_or(chars.len());
    let word = |c: char| c.is_alphanumeric() || c == '_';
    match chars[at] {
        '/' if is(1, '/') => find(at, &|i| chars[i] == '\n'),
        '/' if is(1, '*') => block_comment(chars, at),
        ':' if is(1, ':') => at + 2,
        '"' => string(chars, at),
        // A lifetime is a quote and a word that no quote follows.
        '\'' if is(1, '\\') => find(at + 3, &|i| chars[i] == '\'') + 1,
        '\'' if is(2, '\'') => at + 3,
        '\'' => find(at + 1, &|i| !word(chars[i])),
        c if word(c) => {
            let end = find(at, &|i| !word(chars[i]));
            let prefix: String = chars[at..end].iter().collect();
            match chars.get(end) {
                Some('"') if matches!(prefix.as_str(), "b" | "c") => string(chars, end),
                Some('\'') if prefix == "b" => lexeme(chars, end),
                Some('"' | '#') if matches!(prefix.as_str(), "r" | "br" | "cr") => raw_string(chars, end),
                _ => end,
            }
        }
        _ => at + 1,
    }
    .min(chars.len())
}

fn block_comment(chars: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0, start);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

/// From the opening quote.
fn string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// From the first `#` or the opening quote; a raw identifier (`r#type`) ends as the word it is.
fn raw_string(chars: &[char], start: usize) -> usize {
    let hashes = chars[start..].iter().take_while(|c| **c == '#').count();
    if chars.get(start + hashes) != Some(&'"') {
        return start;
    }
    let closed =
        |i: usize| chars[i] == '"' && chars[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
    (start + hashes + 1..chars.len()).find(|i| closed(*i)).map_or(chars.len(), |i| i + 1 + hashes)
}
