//! axum only: extract, call one act, show.
