//! One certificate's whole story, for the auditor.
use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
};

use super::cases::{Looked, pdf_response};
use crate::{
    acts::story::{self, Part, Story},
    hall::staff::Duty,
    web::{
        error::Error,
        guard::session::SignedIn,
        kit::viewer::{Viewer, Zoom},
        pages::story::StoryPage,
        router::Web,
    },
};

/// `GET /certificates/{id}/story`.
pub async fn page(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(looked): Query<Looked>,
) -> Result<Response, Error> {
    who.require(&[Duty::Auditor])?;
    let story = story::story(&web.app, &who.person, &id).await?;
    let title = format!("{}全过程", story.title);
    let zoom = Zoom::from_query(looked.zoom.as_deref());
    let viewer = Viewer {
        title: "用印前的页面".into(),
        pages: (1..=pages(&story)).map(|n| format!("/certificates/{id}/shown/{n}?zoom={}", zoom.query())).collect(),
        here: Some(format!("/certificates/{id}/story")),
        zoom,
        pdf: None,
    };
    let page = StoryPage { story, viewer, pdf: format!("/certificates/{id}/story.pdf") };
    Ok(web.shell_for(&who, &title, "/uses").show(page.show()).into_response())
}

fn pages(story: &Story) -> usize {
    let parts = story.chapters.iter().flat_map(|chapter| &chapter.parts);
    parts.map(|part| if let Part::Pages { count } = part { *count } else { 0 }).max().unwrap_or(0)
}

/// `GET /certificates/{id}/story.pdf`.
pub async fn pdf(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(pdf_response(story::pdf(&web.app, &who.person, &id).await?))
}

/// `GET /certificates/{id}/shown/{page}`: a page as the approvers saw it, counted from 1.
pub async fn shown(
    State(web): State<Web>,
    who: SignedIn,
    Path((id, page)): Path<(String, usize)>,
    Query(looked): Query<Looked>,
) -> Result<Response, Error> {
    let page = page.checked_sub(1).ok_or(Error::NotFound)?;
    let dpi = Zoom::from_query(looked.zoom.as_deref()).dpi();
    let png = story::page(&web.app, &who.person, &id, page, dpi).await?;
    Ok(([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")], png).into_response())
}
