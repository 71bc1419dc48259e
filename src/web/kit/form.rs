//! Forms: every problem beside its field, and all of them at the top with links.
use maud::{Markup, html};

/// One of several answers.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A further line; may be empty.
    pub hint: String,
}

impl Choice {
    /// A choice that is sent as it is read.
    pub fn plain(word: impl Into<String>) -> Self {
        let word = word.into();
        Choice { value: word.clone(), label: word, hint: String::new() }
    }
}

/// What is asked for, and with which control.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A line of words, at most `max` characters.
    Line {
        /// The longest answer.
        max: Option<usize>,
    },
    /// Several lines.
    Lines {
        /// How many are shown.
        rows: usize,
    },
    /// A day.
    Date,
    /// A code in a fixed-width face: a credit code, an identity number, a project code.
    Code {
        /// The longest answer.
        max: Option<usize>,
    },
    /// A figure with its unit in the name of the field.
    Figure,
    /// One of several, all to be seen when they are few.
    OneOf(Vec<Choice>),
    /// One of several, in a list that opens.
    Select(Vec<Choice>),
    /// Yes or not: a box with these words.
    Tick(String),
    /// Running text with headings and tables, in the grammar of [`crate::web::blocks`].
    Blocks,
    /// A one-time code of six digits; never sent back to the page.
    OneTimeCode,
    /// A password; never sent back to the page.
    Password,
    /// A file; the value is the accepted type.
    File(&'static str),
}

/// A field of a form.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name it is sent under.
    pub name: String,
    /// What the person reads.
    pub label: String,
    /// How to fill it in; may be empty.
    pub hint: String,
    /// The control.
    pub kind: Kind,
    /// What is in it.
    pub value: String,
    /// Whether it must be filled.
    pub required: bool,
    /// What is wrong with it; empty when nothing is.
    pub problems: Vec<String>,
    /// For the browser's memory: `username`, `current-password`, else `None` (off).
    pub autocomplete: Option<&'static str>,
}

impl Field {
    /// A required field that is empty.
    pub fn new(name: impl Into<String>, label: impl Into<String>, kind: Kind) -> Self {
        Field {
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            kind,
            value: String::new(),
            required: true,
            problems: Vec::new(),
            autocomplete: None,
        }
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same with a value.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// The same, need not be filled.
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// The same with a problem.
    pub fn problem(mut self, problem: impl Into<String>) -> Self {
        self.problems.push(problem.into());
        self
    }

    /// The same for the browser's memory.
    pub fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = Some(what);
        self
    }

    /// The whole field: label, hint, control, problem. `id` is unique on the page.
    pub fn show(&self, id: &str) -> Markup {
        let bad = !self.problems.is_empty();
        html! {
            div.field.bad[bad] {
                @match &self.kind {
                    Kind::OneOf(choices) if choices.len() <= 5 => (self.radios(id, choices)),
                    Kind::Tick(words) => {
                        label.choice {
                            input id=(id) type="checkbox" name=(self.name) value="yes" checked[self.value == "yes"] aria-describedby=[self.described(id)];
                            span { (words) @if !self.hint.is_empty() { small { (self.hint) } } }
                        }
                    },
                    _ => {
                        label for=(id) { (self.label) (self.optional_mark()) }
                        (self.hint_line(id))
                        (self.control(id))
                    },
                }
                (self.problem_line(id))
            }
        }
    }

    fn optional_mark(&self) -> Markup {
        html! { @if !self.required { span.optional { "（选填）" } } }
    }

    fn hint_line(&self, id: &str) -> Markup {
        html! { @if !self.hint.is_empty() { p.hint id={ (id) "-hint" } { (self.hint) } } }
    }

    /// Always there, hidden when all is well, so that the script can fill it while the person types.
    fn problem_line(&self, id: &str) -> Markup {
        html! { p.problem id={ (id) "-problem" } hidden[self.problems.is_empty()] { (self.problems.join("；")) } }
    }

    fn described(&self, id: &str) -> Option<String> {
        let hint = (!self.hint.is_empty()).then(|| format!("{id}-hint "));
        Some(format!("{}{id}-problem", hint.unwrap_or_default()))
    }

    fn invalid(&self) -> Option<&'static str> {
        (!self.problems.is_empty()).then_some("true")
    }

    fn control(&self, id: &str) -> Markup {
        let (name, value, by, bad) = (&self.name, &self.value, self.described(id), self.invalid());
        let auto = self.autocomplete.unwrap_or("off");
        // `required` is left to the server: it says all that is wrong at once, in the hall's words.
        let req = self.required.then_some("true");
        html! {
            @match &self.kind {
                Kind::Line { max } => input.narrow[max.is_some_and(|max| max <= 8)] id=(id) name=(name) value=(value) maxlength=[max.as_ref()] autocomplete=(auto) aria-required=[req] aria-describedby=[by] aria-invalid=[bad];,
                Kind::Code { max } => input.code.middle id=(id) name=(name) value=(value) maxlength=[max.as_ref()] autocomplete="off" autocapitalize="characters" spellcheck="false" aria-required=[req] aria-describedby=[by] aria-invalid=[bad];,
                Kind::Figure => input.narrow id=(id) name=(name) value=(value) inputmode="decimal" autocomplete="off" aria-required=[req] aria-describedby=[by] aria-invalid=[bad];,
                Kind::Date => input.narrow type="date" id=(id) name=(name) value=(value) aria-required=[req] aria-describedby=[by] aria-invalid=[bad];,
                Kind::Password => input type="password" id=(id) name=(name) autocomplete=(auto) aria-required=[req] aria-describedby=[by] aria-invalid=[bad];,
                Kind::OneTimeCode => input.code.narrow id=(id) name=(name) inputmode="numeric" maxlength="8" autocomplete="one-time-code" spellcheck="false" aria-required=[req] aria-describedby=[by] aria-invalid=[bad];,
                Kind::File(accept) => input type="file" id=(id) name=(name) accept=(accept) aria-required=[req] aria-describedby=[by] aria-invalid=[bad];,
                Kind::Lines { rows } => textarea id=(id) name=(name) rows=(rows) aria-required=[req] aria-describedby=[by] aria-invalid=[bad] { "\n" (value) },
                Kind::Blocks => {
                    textarea id=(id) name=(name) rows="16" aria-required=[req] aria-describedby=[by] aria-invalid=[bad] { "\n" (value) }
                    (grammar())
                },
                Kind::OneOf(choices) | Kind::Select(choices) => {
                    select.middle id=(id) name=(name) aria-required=[req] aria-describedby=[by] aria-invalid=[bad] {
                        option value="" { "请选择" }
                        @for c in choices { option value=(c.value) selected[c.value == *value] { (c.label) } }
                    }
                },
                Kind::Tick(_) => {},
            }
        }
    }

    fn radios(&self, id: &str, choices: &[Choice]) -> Markup {
        html! {
            fieldset aria-describedby=[self.described(id)] {
                legend { (self.label) (self.optional_mark()) }
                (self.hint_line(id))
                div.choices {
                    @for (i, c) in choices.iter().enumerate() {
                        label.choice {
                            input id={ (id) @if i > 0 { "-" (i) } } type="radio" name=(self.name) value=(c.value) checked[c.value == self.value] aria-invalid=[self.invalid()];
                            span { (c.label) @if !c.hint.is_empty() { small { (c.hint) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Fields that belong together.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// What they are about; empty for a single group.
    pub legend: String,
    /// The fields.
    pub fields: Vec<Field>,
}

/// A form's fields, and what is wrong with the whole.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// The groups in the order they are filled in.
    pub groups: Vec<Group>,
    /// Problems that belong to no field.
    pub problems: Vec<String>,
    /// Tells its fields' ids from those of another form on the same page.
    pub mark: &'static str,
}

impl Form {
    /// A form of one group without a legend.
    pub fn of(fields: Vec<Field>) -> Self {
        Form { groups: vec![Group { legend: String::new(), fields }], ..Self::default() }
    }

    /// Every field in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.groups.iter().flat_map(|g| &g.fields)
    }

    /// Every field in order, to be changed.
    pub fn fields_mut(&mut self) -> impl Iterator<Item = &mut Field> {
        self.groups.iter_mut().flat_map(|g| &mut g.fields)
    }

    /// Puts a problem beside the field it names; one that names none stands at the top.
    pub fn tell(&mut self, field: Option<&str>, problem: &str) {
        match field.and_then(|name| self.fields_mut().find(|f| f.name == name)) {
            Some(f) => f.problems.push(problem.to_owned()),
            None => self.problems.push(problem.to_owned()),
        }
    }

    /// Whether anything is wrong.
    pub fn has_problems(&self) -> bool {
        !self.problems.is_empty() || self.fields().any(|f| !f.problems.is_empty())
    }

    /// What is wrong, all at once, each with a link to its field. Nothing when all is well.
    pub fn summary(&self) -> Markup {
        let count = self.problems.len() + self.fields().filter(|f| !f.problems.is_empty()).count();
        html! {
            @if count > 0 {
                div.notice.bad role="alert" tabindex="-1" data-focus data-summary {
                    div.icon { (super::icon::wrong()) }
                    b { "有 " (count) " 处需要改正" }
                    ul {
                        @for p in &self.problems { li { (p) } }
                        @for (i, f) in self.fields().enumerate().filter(|(_, f)| !f.problems.is_empty()) {
                            li { a href={ "#f" (self.mark) (i) } { (f.label) } "：" (f.problems.join("；")) }
                        }
                    }
                }
            }
        }
    }

    /// The groups with their fields.
    pub fn show(&self) -> Markup {
        html! {
            @for (g, group) in self.groups.iter().enumerate() {
                @let first: usize = self.groups[..g].iter().map(|before| before.fields.len()).sum();
                fieldset.group {
                    @if !group.legend.is_empty() { legend { (group.legend) } }
                    @for (i, field) in group.fields.iter().enumerate() { (field.show(&format!("f{}{}", self.mark, first + i))) }
                }
            }
        }
    }
}

/// The hidden field that shows a form came from our own page.
pub fn csrf(token: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(token); }
}

/// A hidden value.
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

fn grammar() -> Markup {
    html! {
        details.grammar {
            summary { "正文怎样写" }
            pre.code { "# 一、项目概况\n项目位于吉林经济技术开发区……（一行就是一段）\n\n| 类别 | 污染物     | 限值     |\n| 废水 | 化学需氧量 | 500 mg/L |" }
            p { "以“# ”开头的一行是标题；以“|”开头的一行是表格的一行，第一行是表头，各格用“|”隔开；其余每一行是一段。空行不印出。段首要写“#”或“|”、格内要写“|”时，前面加“\\”。" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_stands_at_its_field_and_at_the_top() {
        let mut form = Form::of(vec![
            Field::new("甲", "甲方", Kind::Line { max: None }),
            Field::new("乙", "乙方", Kind::Code { max: Some(18) }),
        ]);
        form.tell(Some("乙"), "校验码不对");
        form.tell(Some("没有这一项"), "整体不行");
        let top = form.summary().into_string();
        assert!(top.contains("有 2 处需要改正"));
        assert!(top.contains(r##"<a href="#f1">乙方</a>：校验码不对"##));
        assert!(top.contains("<li>整体不行</li>"));
        let body = form.show().into_string();
        assert!(body.contains(r#"<p class="problem" id="f1-problem">校验码不对</p>"#));
        assert!(body.contains(r#"<p class="problem" id="f0-problem" hidden></p>"#));
        assert!(body.contains(r#"aria-describedby="f1-problem" aria-invalid="true""#));
    }

    #[test]
    fn data_are_data() {
        let field = Field::new("名", "名称", Kind::Line { max: None }).value(r#""><script>alert(1)</script>"#);
        let shown = field.show("f0").into_string();
        assert!(!shown.contains("<script>"));
        assert!(shown.contains("&quot;&gt;&lt;script&gt;"));
    }

    #[test]
    fn a_password_is_never_sent_back() {
        let shown = Field::new("p", "口令", Kind::Password).value("hunter2").show("f0").into_string();
        assert!(!shown.contains("hunter2"));
    }
}
