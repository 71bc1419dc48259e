//! The design system and its sample pages.
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};

use crate::web::{
    error::Error,
    kit::{Shell, shell::Person},
    pages,
    router::Web,
};

/// `GET /design`.
pub async fn whole(State(web): State<Web>) -> Response {
    let shell = Shell {
        title: "设计系统".into(),
        hall: web.app.hall.name.clone(),
        here: "/cases".into(),
        person: person(),
        desks: pages::samples::desks(),
        ..Shell::default()
    };
    shell.show(pages::design::show()).into_response()
}

/// `GET /design/{page}`.
pub async fn sample(State(web): State<Web>, Path(slug): Path<String>) -> Result<Response, Error> {
    let (title, body) = pages::samples::page(&slug).ok_or(Error::NotFound)?;
    let wide = slug.starts_with("new-case") || slug.starts_with("approval");
    let shell = Shell {
        title: title.into(),
        hall: web.app.hall.name.clone(),
        here: format!("/{slug}"),
        person: person(),
        desks: pages::samples::desks(),
        wide,
        ..Shell::default()
    };
    Ok(shell.show(body).into_response())
}

fn person() -> Option<Person> {
    Some(Person { name: "样例人员".into(), place: "设计系统中的样例".into() })
}
