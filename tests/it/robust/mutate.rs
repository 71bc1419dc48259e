//! Ways to break a PDF that know what a PDF is made of.

/// Makes mutants; the same ones for the same seed (splitmix64).
pub(super) struct Mutator(u64);

/// Numbers at which arithmetic goes wrong.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "65536",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "99999999999999999999999999",
    "1.5",
    "0.0000001",
];

/// Tokens that change what follows.
const TOKENS: &[&str] = &[
    "null",
    "true",
    "[",
    "]",
    "<<",
    ">>",
    "(",
    ")",
    "<",
    ">",
    "%",
    "/",
    "R",
    "obj",
    "endobj",
    "stream",
    "endstream",
    "xref",
    "trailer",
    "startxref",
    "%%EOF",
    "%PDF-",
    "#00",
    "\\",
    "\r",
    "\0",
    "1 0 R",
    "3 0 R",
    "/Length 3 0 R",
    "/Type /ObjStm",
    "/Type /XRef",
    "/Filter [/FlateDecode /FlateDecode /FlateDecode]",
    "/DecodeParms << /Predictor 15 /Columns 2147483647 >>",
    "/W [8 8 8]",
    "/W [0 0 0]",
    "/Index [0 2147483647]",
    "/Kids [2 0 R 2 0 R]",
    "/Prev 0",
    "/Parent 3 0 R",
    "/N 2147483647",
    "/First -1",
    "/Extends 1 0 R",
    "/Encrypt 1 0 R",
];

/// Words behind which a number stands that readers compute with.
const KEYS: &[&str] = &[
    "/Length",
    "/Prev",
    "/Size",
    "/N",
    "/First",
    "/Index",
    "/W",
    "/XRefStm",
    "startxref",
    "/Root",
    "/ByteRange",
    "/Count",
    "/P",
    "/V",
];

impl Mutator {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len())]
    }

    /// One to four changes, one after the other.
    pub(super) fn mutate(&mut self, original: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = original.to_vec();
        for _ in 0..=self.below(4) {
            self.once(&mut bytes, others);
        }
        bytes
    }

    fn once(&mut self, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
        let at = self.below(bytes.len());
        match self.below(12) {
            0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (at % 8)),
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(..at.min(200))),
            3 => self.replace_number(bytes, at),
            4 => self.replace_after_key(bytes),
            5 => {
                let token = format!(" {} ", self.pick(TOKENS));
                bytes.splice(at..at, token.bytes());
            }
            6 => drop(bytes.drain(at..bytes.len().min(at + 1 + at % 400))),
            7 => self.splice(bytes, others),
            8 => self.repeat(bytes, at),
            9 => self.nest(bytes, at),
            10 => self.move_object(bytes),
            _ => self.append_revision(bytes),
        }
    }

    fn replace_number(&mut self, bytes: &mut Vec<u8>, at: usize) {
        let Some(start) = bytes.iter().skip(at).position(u8::is_ascii_digit).map(|found| at + found) else { return };
        let end =
            bytes.iter().skip(start).position(|byte| !byte.is_ascii_digit()).map_or(bytes.len(), |found| start + found);
        let number = self.pick(NUMBERS);
        bytes.splice(start..end, number.bytes());
    }

    fn replace_after_key(&mut self, bytes: &mut Vec<u8>) {
        let key = self.pick(KEYS).as_bytes();
        let places: Vec<usize> =
            bytes.windows(key.len()).enumerate().filter(|(_, w)| *w == key).map(|(at, _)| at).collect();
        if !places.is_empty() {
            let place = places[self.below(places.len())];
            self.replace_number(bytes, place + key.len());
        }
    }

    fn splice(&mut self, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
        let other = &others[self.below(others.len())];
        let (from, at) = (self.below(other.len()), self.below(bytes.len()));
        let length = self.below(4000);
        let piece = &other[from..other.len().min(from + length)];
        bytes.splice(at..at, piece.iter().copied());
    }

    fn repeat(&mut self, bytes: &mut Vec<u8>, at: usize) {
        let piece = bytes[at..bytes.len().min(at + 1 + self.below(120))].repeat(1 + self.below(500));
        bytes.splice(at..at, piece);
    }

    fn nest(&mut self, bytes: &mut Vec<u8>, at: usize) {
        let open = self.pick(&["[", "<<", "(", "<</A ", "[<<"]).repeat(1 + self.below(20_000));
        bytes.splice(at..at, open.bytes());
    }

    /// An object's number becomes another's: two bodies for one number, and one that is missing.
    fn move_object(&mut self, bytes: &mut [u8]) {
        let heads: Vec<usize> =
            bytes.windows(7).enumerate().filter(|(_, w)| w.ends_with(b" 0 obj")).map(|(at, _)| at).collect();
        if !heads.is_empty() {
            let place = heads[self.below(heads.len())];
            bytes[place] = b'0' + (self.below(10) as u8);
        }
    }

    /// A table in front of the end that says something else about some objects.
    fn append_revision(&mut self, bytes: &mut Vec<u8>) {
        let at = bytes.len();
        let prev = bytes.windows(9).rposition(|w| w == b"startxref").map_or(0, |place| self.below(place + 1));
        let (number, offset) = (self.below(60), self.below(at));
        let kind = self.pick(&["n", "f", "x"]);
        let size = self.pick(NUMBERS);
        let text = format!(
            "xref\n{number} 1\n{offset:010} 00000 {kind} \ntrailer\n<< /Size {size} /Root 1 0 R /Prev {prev} >>\nstartxref\n{at}\n%%EOF\n"
        );
        bytes.extend(text.bytes());
    }
}
