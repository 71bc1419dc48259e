//! What else an operation may answer: one set of problem responses for each thing that may be asked of a request. An
//! operation names the sets that hold for it, and has the status codes, words and body of all of them from here.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use crate::web::guard::trouble::Problem;

type Responses = BTreeMap<String, RefOr<Response>>;

/// What any request may come to.
const ANY: [(u16, &str); 2] = [(408, "It took too long"), (500, "We broke; the id finds the cause in the log")];

fn problems(of_its_own: &[(u16, &str)]) -> Responses {
    let response = |(status, description): &(u16, &str)| {
        let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
        let response = ResponseBuilder::new().description(*description).content(Problem::MEDIA_TYPE, body);
        (status.to_string(), response.build().into())
    };
    of_its_own.iter().chain(&ANY).map(response).collect()
}

macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident = [$($problem:expr),+];)+) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> Responses {
                problems(&[$($problem),+])
            }
        }
    )+};
}

/// Unreadable; why, is in the message.
const UNREADABLE: (u16, &str) =
    (400, "The request cannot be read, or its Idempotency-Key is missing; the message says where");

sets! {
    /// It takes a session.
    Session = [(401, "No session, or one that has ended")];
    /// It takes a body.
    Body = [UNREADABLE, (413, "The body is too large")];
    /// It takes a query.
    Query = [UNREADABLE];
    /// It is carried out once for each `Idempotency-Key`.
    Key = [UNREADABLE, (409, "The key, or the number of the case, was used for another request")];
    /// It is about something named in the path.
    Named = [(404, "There is no such thing, or not for this person")];
    /// The rules are asked: duty, place, hours, data.
    Rule = [(422, "A rule said no: all its reasons at once, each with a stable code and its field")];
    /// A seal is used.
    Sealing = [(503, "The ledger's witnesses have not cosigned yet; what was recorded is finished when they do")];
    /// One peer may do it only so often.
    Rate = [(429, "Too many requests from this peer")];
}
