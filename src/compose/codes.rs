//! The codes of [`Problem`](super::Problem)s: stable words that programs may match on.

/// A required field is missing, empty or only white space.
pub const BLANK: &str = "blank";
/// The template has no field of this name.
pub const UNKNOWN_FIELD: &str = "unknown-field";
/// The value is not of the JSON type the field takes.
pub const WRONG_TYPE: &str = "wrong-type";
/// More characters than the field's `max`.
pub const TOO_LONG: &str = "too-long";
/// Control, format, bidirectional-control, private-use, unassigned or right-to-left characters.
pub const FORBIDDEN_CHARACTER: &str = "forbidden-character";
/// Characters that no face at hand can draw.
pub const NO_GLYPH: &str = "no-glyph";
/// Not a date of the calendar.
pub const BAD_DATE: &str = "bad-date";
/// Dates or months in the wrong order.
pub const OUT_OF_ORDER: &str = "out-of-order";
/// Not a unified social credit code (GB 32100).
pub const BAD_USCC: &str = "bad-uscc";
/// Not a citizen identity number (GB 11643).
pub const BAD_IDENTITY: &str = "bad-identity";
/// Not one of the values the field offers.
pub const NOT_OFFERED: &str = "not-offered";
/// Not an amount or a count.
pub const BAD_NUMBER: &str = "bad-number";
/// Running text that is not paragraphs, headings and tables, or a table that is not a rectangle.
pub const BAD_BLOCKS: &str = "bad-blocks";
/// The text does not fit its place even in the smallest size.
pub const DOES_NOT_FIT: &str = "does-not-fit";
/// The document has more pages than allowed.
pub const TOO_MANY_PAGES: &str = "too-many-pages";
