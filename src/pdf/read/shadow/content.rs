//! Following a content stream (ISO 32000-1, 8 and 9): where text, images and filled rectangles come to lie, in the order drawn.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::objects::Object;
use super::super::syntax::{Parser, is_space};
use super::super::value::{Dict, Id, Value};
use super::font::Font;
use super::geometry::{Matrix, Rect};
use super::images;
use super::ink::Inks;
use super::mark::{Kind, Mark, Thing};
use super::operands;
use super::page::Page;
use super::reader::Reader;
use super::state::{Outline, State};

/// How deep forms may nest.
const MAX_DEPTH: usize = 8;
/// Saved graphics states; ISO 32000-1, annex C, names 28.
const MAX_STATES: usize = 256;
/// Operands before an operator; a `TJ` has one.
const MAX_OPERANDS: usize = 1000;
/// Marks kept of one page.
const MAX_MARKS: usize = 100_000;
/// Letters read back of one stream.
const MAX_LETTERS: usize = 100_000;

/// What was drawn so far.
pub(super) struct Canvas<'r, 'd, 'a> {
    reader: &'r Reader<'d, 'a>,
    contents: HashMap<Id, Rc<Vec<u8>>>,
    fonts: HashMap<Id, Rc<Font>>,
    reads: bool,
    /// Text is taken to reach as far as it may, seen or not, and is marked as paint.
    is_wide: bool,
    pub(super) marks: Vec<Mark>,
    /// Everything by itself, if that is asked for: letters taller than so much are odd.
    each: Option<f64>,
    pub(super) things: Vec<Thing>,
    /// Every mark in the order drawn, if that is asked for.
    pub(super) ink: Option<Inks>,
    /// Something in it is obeyed by some programs and passed over by others.
    pub(super) is_ambiguous: bool,
    /// What the page names, which some programs ask for names that a form does not have.
    page_resources: Dict,
    /// Operators that show text, seen or not.
    pub(super) shows: usize,
    /// The text shown, if it is to be read back and every font tells.
    pub(super) text: Option<String>,
}

/// One token of a content stream.
pub(in super::super) enum Token<'b> {
    Operand(Value),
    Operator(&'b [u8]),
}

/// The token at the parser and where it ends; `None` at the end and where there is none.
pub(in super::super) fn token<'b>(parser: &mut Parser<'b>) -> Option<(Token<'b>, usize)> {
    parser.skip();
    let rest = parser.rest();
    let is_letter = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'\'' | b'"');
    let word = rest.iter().take_while(|b| is_letter(b) || b.is_ascii_digit() || **b == b'*').count();
    let word = if rest.first().is_some_and(is_letter) { &rest[..word] } else { &[] };
    if word.is_empty() || matches!(word, b"true" | b"false" | b"null") {
        let value = parser.value().ok()?;
        return Some((Token::Operand(value), parser.at()));
    }
    Some((Token::Operator(word), parser.at() + word.len()))
}

impl<'r, 'd, 'a> Canvas<'r, 'd, 'a> {
    /// `reads`: whether the text shown shall be read back.
    pub(super) fn new(reader: &'r Reader<'d, 'a>, reads: bool) -> Self {
        Self {
            reader,
            contents: HashMap::new(),
            fonts: HashMap::new(),
            reads,
            is_wide: false,
            marks: Vec::new(),
            each: None,
            things: Vec::new(),
            ink: None,
            is_ambiguous: false,
            page_resources: Dict::default(),
            shows: 0,
            text: reads.then(String::new),
        }
    }

    /// Asks for everything by itself; letters taller than `tall` points are odd.
    pub(super) fn each(self, tall: f64) -> Self {
        Self { each: Some(tall), ..self }
    }

    /// Asks for every mark.
    pub(super) fn inked(self) -> Self {
        Self { ink: Some(Inks::default()), ..self.each(f64::INFINITY) }
    }

    fn thing(&mut self, rect: Option<Rect>, kind: Kind) -> Option<()> {
        if let Some(rect) = rect.filter(|_| self.each.is_some()) {
            self.things.push(Thing { rect, kind });
        }
        (self.things.len() < MAX_MARKS).then_some(())
    }

    /// One that finds all places where something may be drawn.
    pub(super) fn wide(reader: &'r Reader<'d, 'a>) -> Self {
        Self { is_wide: true, ..Self::new(reader, false) }
    }

    /// There may be more than was kept.
    pub(super) fn is_full(&self) -> bool {
        self.marks.len() >= MAX_MARKS
    }

    /// Appearances drawn from now on stand on this page.
    pub(super) fn on(&mut self, page: &Page) {
        self.page_resources = page.resources.clone();
    }

    /// Draws a page's content; `None` if it cannot be followed to its end.
    pub(super) fn page(&mut self, content: &[u8], resources: &Dict, visible: Rect) -> Option<()> {
        self.page_resources = resources.clone();
        self.draw(content, resources, State::new(Matrix::IDENTITY, visible), 0)
    }

    /// Draws an appearance into its annotation's rectangle (ISO 32000-1, 12.5.5).
    pub(super) fn appearance(&mut self, form: Id, rect: Rect, visible: Rect) -> Option<()> {
        let dict = self.reader.object(form).ok()??;
        let dict = dict.value.as_dict()?;
        let bbox = Rect::read(&self.reader.resolve(dict.get("BBox")).ok()?)?;
        let placed = bbox.under(&self.matrix_of(dict)?);
        if placed.area() <= 0.0 || rect.area() <= 0.0 {
            return None;
        }
        let (x, y) = (rect.width() / placed.width(), rect.height() / placed.height());
        let fit = Matrix([x, 0.0, 0.0, y, rect.0[0] - placed.0[0] * x, rect.0[1] - placed.0[1] * y]);
        self.form(form, &Dict::default(), State::new(fit, visible.meet(&rect)), 0)
    }

    fn matrix_of(&self, form: &Dict) -> Option<Matrix> {
        match self.reader.resolve(form.get("Matrix")).ok()? {
            Value::Null => Some(Matrix::IDENTITY),
            matrix => Matrix::read(&matrix),
        }
    }

    fn form(&mut self, id: Id, above: &Dict, mut state: State, depth: usize) -> Option<()> {
        let object = self.reader.object(id).ok()??;
        let dict = object.value.as_dict()?;
        if depth >= MAX_DEPTH || dict.get("OC").is_some() && !self.is_wide {
            return (!self.is_wide && self.ink.is_none()).then_some(());
        }
        state.matrix = self.matrix_of(dict)?.then(&state.matrix);
        let bbox = Rect::read(&self.reader.resolve(dict.get("BBox")).ok()?)?;
        state.clip_to(Some(bbox.under(&state.matrix)), state.matrix.is_upright());
        let resources = self.reader.dict(dict.get("Resources")).ok()?;
        let content = self.contents(id, &object)?;
        self.draw(&content, resources.as_ref().unwrap_or(above), state, depth + 1)
    }

    /// A form's content, decoded once however often the form is drawn.
    fn contents(&mut self, id: Id, object: &Object) -> Option<Rc<Vec<u8>>> {
        if let Some(content) = self.contents.get(&id) {
            return Some(Rc::clone(content));
        }
        let content = Rc::new(self.reader.decode(object)?);
        self.contents.insert(id, Rc::clone(&content));
        Some(content)
    }

    fn draw(&mut self, content: &[u8], resources: &Dict, mut state: State, depth: usize) -> Option<()> {
        let (mut saved, mut operands, mut at) = (Vec::new(), Vec::new(), 0);
        let mut outline = Outline::default();
        // Marked content that belongs to a layer, and what is inside, is the layers' affair.
        let mut marked: Vec<bool> = Vec::new();
        while let Some((token, end)) = token(&mut Parser::new(content, at)) {
            at = end;
            let operator = match token {
                Token::Operand(value) if operands.len() < MAX_OPERANDS => {
                    operands.push(value);
                    continue;
                }
                Token::Operand(_) => return None,
                Token::Operator(operator) => operator,
            };
            self.reader.operator()?;
            self.is_ambiguous |= !operands::fit(operator, &operands);
            match operator {
                b"q" if saved.len() < MAX_STATES => saved.push(state.clone()),
                b"q" => return None,
                b"Q" => state = saved.pop().unwrap_or(state),
                b"BI" => at = self.inline_image(content, at, &state)?,
                b"Do" => self.xobject(operands.first()?, resources, &state, depth)?,
                b"sh" => {
                    self.paint(Some(state.clip));
                    self.thing(Some(state.clip), Kind::Picture)?;
                }
                b"gs" => self.parameters(operands.first()?, resources, &mut state)?,
                b"Tf" => self.font(&operands, resources, &mut state)?,
                b"Tj" | b"TJ" | b"'" | b"\"" => self.show(operator, &operands, &mut state)?,
                b"BMC" | b"BDC" => {
                    let is_layer = operands.first().and_then(Value::as_name) == Some(b"OC");
                    state.is_layered |= is_layer;
                    marked.push(is_layer);
                }
                b"EMC" => {
                    marked.pop();
                    state.is_layered = marked.contains(&true);
                }
                _ if outline.build(operator, &operands, &state.matrix) => {
                    if let Some(ink) = &mut self.ink {
                        ink.build(operator, &operands, &state.matrix);
                    }
                }
                _ if Outline::is_painted_by(operator) => {
                    if let Some(ink) = &mut self.ink {
                        ink.paint(operator, &state)?;
                    }
                    self.paint(outline.painted(operator, &state));
                    if let Some((rect, true)) = outline.inked(operator, &state) {
                        self.thing(Some(rect.meet(&state.clip)), Kind::Area(outline.curves))?;
                    }
                    for rect in outline.filled(operator) {
                        self.cover(&state, rect, None);
                        let ground = state.luma().map(|_| rect.meet(&state.clip));
                        self.thing(ground, Kind::Ground((state.luma().unwrap_or(1.0) * 100.0) as u8))?;
                    }
                    outline.clip(&mut state);
                    outline = Outline::default();
                }
                _ => state.set(operator, &operands),
            }
            operands.clear();
        }
        // Anything left is not a content stream as this reader knows them.
        content[at..].iter().all(|b| is_space(*b)).then_some(())
    }

    fn resource(&mut self, resources: &Dict, kind: &str, name: &Value) -> Option<Value> {
        let name = std::str::from_utf8(name.as_name()?).ok()?;
        let found = self.reader.entry(resources.get(kind), name);
        self.is_ambiguous |= found.is_none() && self.reader.entry(self.page_resources.get(kind), name).is_some();
        found
    }

    fn xobject(&mut self, name: &Value, resources: &Dict, state: &State, depth: usize) -> Option<()> {
        let Some(id) = self.resource(resources, "XObject", name).and_then(|value| value.as_ref()) else {
            return Some(());
        };
        let Some(object) = self.reader.object(id).ok()? else { return Some(()) };
        let dict = object.value.as_dict()?;
        if dict.has_name("Subtype", "Form") {
            return self.form(id, resources, state.clone(), depth);
        }
        self.paint(Some(Rect::UNIT.under(&state.matrix)));
        self.thing(Some(Rect::UNIT.under(&state.matrix).meet(&state.clip)), Kind::Picture)?;
        let is_sheer = dict.get("ImageMask") == Some(&Value::Bool(true))
            || dict.get("SMaskInData").and_then(Value::as_int).is_some_and(|n| n != 0);
        if !is_sheer && ["SMask", "Mask", "OC"].iter().all(|key| dict.get(key).is_none()) && state.matrix.is_upright() {
            self.cover(state, Rect::UNIT.under(&state.matrix), Some(id));
        }
        Some(())
    }

    /// Skips an image that is part of the stream: after its data come white space, `EI` and white space.
    fn inline_image(&mut self, content: &[u8], at: usize, state: &State) -> Option<usize> {
        let (mut at, mut image) = (at, Vec::new());
        loop {
            match token(&mut Parser::new(content, at))? {
                (Token::Operator(b"ID"), end) => break at = end,
                (token, end) => {
                    self.reader.operator()?;
                    if let Token::Operand(value) = token {
                        image.push(value);
                    }
                    at = end;
                }
            }
        }
        let is_mask = images::is_mask(&image);
        let data = content.get(at + 1..)?;
        let known = images::length(&image).filter(|length| *length <= data.len()).unwrap_or(0);
        let ends = |w: &[u8]| is_space(w[0]) && &w[1..3] == b"EI" && is_space(w[3]);
        let end = data[known..].windows(4).position(ends).map(|end| known + end);
        self.paint(Some(Rect::UNIT.under(&state.matrix)));
        self.thing(Some(Rect::UNIT.under(&state.matrix).meet(&state.clip)), Kind::Picture)?;
        if !is_mask && state.matrix.is_upright() {
            self.cover(state, Rect::UNIT.under(&state.matrix), None);
        }
        match end {
            Some(end) => Some(at + 1 + end + 3),
            None if data.ends_with(b"EI") => Some(content.len()),
            None => None,
        }
    }

    fn parameters(&mut self, name: &Value, resources: &Dict, state: &mut State) -> Option<()> {
        let Some(set) = self.resource(resources, "ExtGState", name) else { return Some(()) };
        let set = self.reader.dict(Some(&set)).ok()?.unwrap_or_default();
        let is_plain = |transfer| self.reader.resolve(Some(transfer)).is_ok_and(|value| value.as_name().is_some());
        let is_ambiguous = ["TR", "TR2"].iter().filter_map(|key| set.get(key)).any(|transfer| !is_plain(transfer));
        self.is_ambiguous |= is_ambiguous;
        state.blend(&set);
        if let Some([font, size]) = set.get("Font").and_then(Value::as_array) {
            self.use_font(font, size.as_number()?, state);
        }
        Some(())
    }

    fn font(&mut self, operands: &[Value], resources: &Dict, state: &mut State) -> Option<()> {
        let [name, size] = operands else { return None };
        state.font = None;
        if let Some(font) = self.resource(resources, "Font", name) {
            self.use_font(&font, size.as_number()?, state);
        }
        Some(())
    }

    fn use_font(&mut self, font: &Value, size: f64, state: &mut State) {
        let known = font.as_ref().and_then(|id| self.fonts.get(&id).cloned());
        let read = || {
            let dict = self.reader.dict(Some(font)).ok()??;
            let mut read = Font::read(self.reader, &dict, self.reads)?;
            read.id = font.as_ref();
            Some(Rc::new(read))
        };
        state.font = known.or_else(read);
        state.size = size;
        if let (Some(id), Some(font)) = (font.as_ref(), &state.font) {
            self.fonts.insert(id, Rc::clone(font));
        }
    }

    fn show(&mut self, operator: &[u8], operands: &[Value], state: &mut State) -> Option<()> {
        self.shows += 1;
        match (operator, operands) {
            (b"'", _) => state.next_line(),
            (b"\"", [word, letter, _]) => {
                (state.word_space, state.letter_space) = (word.as_number()?, letter.as_number()?);
                state.next_line();
            }
            _ => {}
        }
        let pieces = match operands.last()? {
            Value::Array(pieces) => pieces.as_slice(),
            piece => std::slice::from_ref(piece),
        };
        let Some(font) = state.font.clone() else {
            self.text = None;
            return (!self.is_wide && self.ink.is_none()).then_some(());
        };
        let (from, mut letters) = (state.pen(), 0);
        for piece in pieces {
            match piece {
                Value::String(string) => {
                    if self.is_wide {
                        let reach = state.reach(&font, string)?;
                        self.paint(Some(reach));
                    }
                    letters += match self.each {
                        Some(tall) => self.letters(&font, string, state, tall)?,
                        None => state.advance(&font, string),
                    };
                    self.say(&font, string, state);
                }
                other => state.adjust(other.as_number()?),
            }
        }
        if letters > 0
            && !self.is_wide
            && !font.is_unseen
            && state.shows_text()
            && state.clip.holds(from)
            && self.marks.len() < MAX_MARKS
        {
            self.marks.push(Mark::Text { from, to: state.pen(), letters, is_white: state.is_white });
        }
        Some(())
    }

    /// Moves on letter by letter.
    fn letters(&mut self, font: &Font, string: &[u8], state: &mut State, tall: f64) -> Option<usize> {
        let mut letters = 0;
        for code in font.codes(string) {
            self.reader.operator()?;
            let from = state.pen();
            if let Some(ink) = &mut self.ink {
                ink.letter(font, code, state)?;
            }
            letters += state.advance_by(font, code);
            let kind = match () {
                () if state.is_invisible() => continue,
                () if font.is_filler(code) => Kind::Filler,
                () if font.is_pictorial || !state.is_writing(tall) => Kind::Odd,
                () => Kind::Letter,
            };
            self.thing(state.box_of(from, state.pen()), kind)?;
        }
        Some(letters)
    }

    fn say(&mut self, font: &Font, string: &[u8], state: &State) {
        if !self.reads || !state.shows_text() {
            return;
        }
        self.text = self.text.take().zip(font.text(string)).map(|(mut said, more)| {
            if said.len() < MAX_LETTERS {
                said.push_str(&more);
            }
            said
        });
    }

    fn paint(&mut self, rect: Option<Rect>) {
        if let Some(rect) = rect.filter(|_| self.marks.len() < MAX_MARKS) {
            self.marks.push(Mark::Paint(rect));
        }
    }

    fn cover(&mut self, state: &State, rect: Rect, image: Option<Id>) {
        let rect = rect.meet(&state.clip);
        if state.hides() && rect.width() > 0.0 && rect.height() > 0.0 && self.marks.len() < MAX_MARKS {
            self.marks.push(Mark::Cover { rect, image });
        }
    }
}
