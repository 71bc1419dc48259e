//! The few pictures the pages use, drawn here so that nothing is fetched.
use maud::{Markup, PreEscaped, html};

fn drawn(paths: &'static str) -> Markup {
    html! { svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" { (PreEscaped(paths)) } }
}

/// The mark of the service: a square with the strokes of 印, in the page's main colour.
pub fn mark() -> Markup {
    html! {
        svg viewBox="0 0 36 36" aria-hidden="true" {
            rect width="36" height="36" rx="7" fill="currentColor" {}
            (PreEscaped(r##"<g fill="none" stroke="#fff" stroke-width="2.4" stroke-linejoin="round"><rect x="8" y="8" width="20" height="20" rx="2"/><path d="M13 13v10h4.2M13 18h3.8M19.5 13.500H23V20h-1.600M19.5 13.500V23.5"/></g>"##))
        }
    }
}

/// A tick in a circle: good.
pub fn good() -> Markup {
    drawn(r#"<circle cx="12" cy="12" r="10"/><path d="m7.5 12.5 3 3 6-7"/>"#)
}

/// A cross in an octagon: refused, wrong. The outline differs from [`good`] so that colour is not needed to tell them.
pub fn wrong() -> Markup {
    drawn(r#"<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z"/><path d="m9 9 6 6m0-6-6 6"/>"#)
}

/// A question mark in a triangle: cannot be told.
pub fn unsure() -> Markup {
    drawn(
        r#"<path d="M12 2.5 22.5 21h-21z"/><path d="M9.8 11.200a2.3 2.3 0 1 1 3.3 2.100c-.8.4-1.1.8-1.1 1.6"/><path d="M12 17.900v.01"/>"#,
    )
}

/// A clock in an octagon, its hands past the hour: no longer.
pub fn lapsed() -> Markup {
    drawn(r#"<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z"/><path d="M12 7v5.500l3.800 2.500"/>"#)
}

/// A bar in a broken circle: nothing there.
pub fn unsigned() -> Markup {
    drawn(r#"<circle cx="12" cy="12" r="10" stroke-dasharray="3.900 3.950"/><path d="M8 12h8"/>"#)
}

/// An i in a circle: to be known.
pub fn note() -> Markup {
    drawn(r#"<circle cx="12" cy="12" r="10"/><path d="M12 11v6M12 7.500v.01"/>"#)
}

/// A sheet with an arrow into it: put a file here.
pub fn file_in() -> Markup {
    drawn(
        r#"<path d="M13 2.500H6a1.5 1.5 0 0 0-1.5 1.500v16A1.5 1.5 0 0 0 6 21.500h12a1.5 1.5 0 0 0 1.5-1.500V9z"/><path d="M13 2.500V9h6.500M12 12v6m-2.5-2.500L12 18l2.5-2.5"/>"#,
    )
}

/// An open tray: nothing here.
pub fn empty() -> Markup {
    drawn(
        r#"<path d="M3 13.5 6 5h12l3 8.500V19a1.5 1.5 0 0 1-1.5 1.500h-15A1.5 1.5 0 0 1 3 19z"/><path d="M3 13.500h5l1.5 2.500h5l1.5-2.500h5"/>"#,
    )
}
