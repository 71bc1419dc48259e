//! One's own account: password, passkeys, one-time codes. Also what every form that is confirmed has in common.
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    cases::Looked,
    device_name,
    sign_in::{Asked, home, local},
};
use crate::{
    acts::{
        ActError,
        access::{self, Registered},
        confirm::Confirmation,
        confirm_session::confirm_session,
        password::change_password,
        propose::{Proposal, propose_access},
        register_codes::{offer_codes, register_codes, remove_codes},
        register_passkey::{NewPasskey, register_passkey, remove_passkey},
        reset_access,
    },
    compose::qr,
    digest::Digest,
    hall::{means::Demand, refusal::Refusal},
    passkey::{Assertion, Registration},
    web::{
        error::Error,
        guard::{csrf::Sent, session::SignedIn, trouble::Shown},
        kit::{Fact, Form, Notice, Tone, confirm::Confirm},
        pages::account::{Account, NewCodes, Passkey, confirm_session as confirm_page},
        router::Web,
        whole, words,
    },
};

/// The digest of a session's token: by it acts know the session.
pub(super) fn session_of(who: &SignedIn) -> Digest {
    Digest::of(who.token.as_bytes())
}

/// What a form gives to confirm its act.
pub(super) fn confirmation(sent: &Sent) -> Result<Confirmation, Error> {
    if sent.text("signature").is_empty() {
        let code = sent.text("code").trim();
        return Ok(if code.is_empty() { Confirmation::Session } else { Confirmation::Code(code.to_owned()) });
    }
    let assertion = Assertion {
        client_data: bytes(sent, "client_data")?,
        authenticator_data: bytes(sent, "authenticator_data")?,
        signature: bytes(sent, "signature")?,
    };
    let said_at = time(sent.text("said_at"))?;
    Ok(Confirmation::Passkey { passkey: sent.text("passkey").to_owned(), said_at, assertion: Box::new(assertion) })
}

fn bytes(sent: &Sent, name: &str) -> Result<Vec<u8>, Error> {
    BASE64_URL_SAFE_NO_PAD
        .decode(sent.text(name))
        .map_err(|_| Error::Unreadable("通行密钥的数据不完整，请刷新页面".into()))
}

fn time(text: &str) -> Result<Timestamp, Error> {
    text.parse().map_err(|_| Error::Unreadable("通行密钥的时间不完整，请刷新页面".into()))
}

/// How this person confirms; the script asks at `challenge` what is to be signed.
pub(super) async fn confirm(web: &Web, who: &SignedIn, challenge: &str) -> Result<Confirm, Error> {
    let Registered { passkeys, codes_since } = access::registered(&web.app, &who.person).await?;
    Ok(Confirm {
        passkeys: passkeys.into_iter().map(|row| (row.id, row.name)).collect(),
        codes: codes_since.is_some(),
        challenge: challenge.to_owned(),
        ..Confirm::default()
    })
}

/// What is to be signed, for the script.
pub(super) fn proposal(web: &Web, proposed: &Proposal) -> Value {
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    json!({
        "at": format!("{:.6}", proposed.at),
        "challenge": text(proposed.challenge.as_bytes()),
        "credential": proposed.credential.as_deref().map(text),
        "party": web.app.relying_party.id(),
        "origin": web.app.relying_party.origin(),
    })
}

/// `POST /account/challenge`: what the passkey is to sign for an act that is no approval, or the challenge of a new one.
pub async fn challenge(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Json<Value>, Error> {
    let act = match sent.text("act") {
        "access.reset" => reset_access::reset(sent.text("login").trim()),
        act if act.len() <= 128 && act.bytes().all(|byte| (b' '..=b'~').contains(&byte)) => act.to_owned(),
        _ => return Err(Error::Unreadable("没有说明要确认什么".into())),
    };
    let passkey = Some(sent.text("passkey")).filter(|id| !id.is_empty());
    let proposed = propose_access(&web.app, &who.person, &session_of(&who), &act, passkey).await?;
    let mut said = proposal(&web, &proposed);
    if passkey.is_none() {
        let known = access::registered(&web.app, &who.person).await?.passkeys;
        let known: Vec<String> = known.iter().map(|row| BASE64_URL_SAFE_NO_PAD.encode(&row.credential)).collect();
        let user = BASE64_URL_SAFE_NO_PAD.encode(who.person.staff.id.as_uuid().as_bytes());
        said["hall"] = web.app.hall.name.as_str().into();
        said["user"] = user.into();
        said["login"] = who.person.login.as_str().into();
        said["name"] = who.person.staff.name.as_str().into();
        said["known"] = known.into();
    }
    Ok(Json(said))
}

/// `GET /confirm`.
pub async fn ask(State(web): State<Web>, who: SignedIn, Query(asked): Query<Asked>) -> Result<Response, Error> {
    asking(&web, &who, asked.next.as_deref().unwrap_or("/"), Vec::new(), None).await
}

async fn asking(
    web: &Web,
    who: &SignedIn,
    next: &str,
    problems: Vec<String>,
    notice: Option<Notice>,
) -> Result<Response, Error> {
    let confirm = Confirm { problems, ..confirm(web, who, "/account/challenge").await? };
    let mut shell = web.shell_for(who, "请确认本人", "/confirm");
    shell.notice = notice;
    Ok(shell.show(confirm_page(&confirm, local(next), &who.csrf)).into_response())
}

/// `POST /confirm`.
pub async fn confirm_here(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    let (app, person, session, given) = (web.app.clone(), who.person.clone(), session_of(&who), confirmation(&sent)?);
    let act = async move { confirm_session(&app, &person, &session, given).await };
    match whole(act).await? {
        Ok(()) => {
            let next = local(sent.text("next"));
            Ok(Redirect::to(if next == "/" { home(&web, &who.person) } else { next }).into_response())
        }
        Err(ActError::Refused(refusal)) => {
            let texts = |of_code: bool| {
                let reasons = refusal.reasons().iter();
                let wanted = reasons.filter(move |reason| (reason.field.as_deref() == Some("code")) == of_code);
                wanted.map(|reason| reason.text.clone()).collect::<Vec<_>>()
            };
            let others = texts(false);
            let notice = (!others.is_empty()).then(|| Notice::new(Tone::Bad, "没有确认").with(others));
            Ok(refused(asking(&web, &who, sent.text("next"), texts(true), notice).await?))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the page shows again.
#[derive(Default)]
struct Again<'a> {
    notice: Option<Notice>,
    password: Option<&'a Refusal>,
    passkey: Option<(&'a Refusal, &'a str)>,
    codes: Option<(&'a Refusal, &'a str)>,
}

/// `GET /account`.
pub async fn look(State(web): State<Web>, who: SignedIn, Query(looked): Query<Looked>) -> Result<Response, Error> {
    let notice = super::done(looked.done.as_deref());
    page(&web, &who, Again { notice, ..Again::default() }).await
}

async fn page(web: &Web, who: &SignedIn, again: Again<'_>) -> Result<Response, Error> {
    let app = &web.app;
    let Registered { passkeys, codes_since } = access::registered(app, &who.person).await?;
    let new_codes = match codes_since {
        Some(_) => None,
        None => {
            let offered = offer_codes(app, &who.person, again.codes.map(|(_, id)| id)).await?;
            let qr = qr::svg(&offered.uri).unwrap_or_default();
            Some(NewCodes { id: offered.id, qr, secret: offered.secret.to_string() })
        }
    };
    let told = |mut form: Form, refusal: Option<&Refusal>| {
        for reason in refusal.iter().flat_map(|refusal| refusal.reasons()) {
            let field =
                if reason.field.as_deref() == Some("code") { Some("new_code") } else { reason.field.as_deref() };
            form.tell(field, &reason.text);
        }
        form
    };
    let mut facts = vec![
        Fact::new("姓名", &who.person.staff.name),
        Fact::code("工号", &who.person.login),
        Fact::new("岗位", who.person.staff.duty.title()),
        Fact::new("位置", super::place(web, who)),
    ];
    facts.push(Fact::new("设备", device_name(who)));
    let since = |row: &access::PasskeyRow| words::minute_of(row.registered_at);
    let shown = passkeys.iter().map(|row| Passkey {
        id: row.id.clone(),
        name: row.name.clone(),
        since: since(row),
        copied: row.backup_eligible,
    });
    let account = Account {
        facts,
        must_change: who.first_password,
        password: told(Account::password_form(), again.password),
        passkeys: shown.collect(),
        can_make: app.relying_party.takes_passkeys(),
        passkey: told(
            Account::passkey_form(again.passkey.map_or("", |(_, name)| name)),
            again.passkey.map(|one| one.0),
        ),
        codes_since: codes_since.map(words::minute_of),
        new_codes,
        codes: told(Account::codes_form(), again.codes.map(|one| one.0)),
        demand: demand(app.rules.approvals).to_owned(),
        confirm: confirm(web, who, "/account/challenge").await?,
        csrf: who.csrf.clone(),
    };
    let mut shell = web.shell_for(who, "我的账户", "/account");
    shell.notice = again.notice;
    Ok(shell.show(account.show()).into_response())
}

fn demand(demand: Demand) -> &'static str {
    match demand {
        Demand::Passkey => "本大厅的批准须用通行密钥确认：指纹、面容或 PIN，由您的设备对那一份文件签名。",
        Demand::SecondFactor => "本大厅的批准须用通行密钥确认（指纹、面容或 PIN）；没有这种设备的，用动态码。",
        Demand::Registered => "登记以后，您的批准须用它确认：指纹、面容或 PIN，由您的设备对那一份文件签名。",
    }
}

/// After an act: back to the page with a word, or the page with what is wrong.
fn after(outcome: Result<(), ActError>, word: &str) -> Result<Result<Response, Refusal>, Error> {
    match outcome {
        Ok(()) => Ok(Ok(Redirect::to(&format!("/account?done={word}")).into_response())),
        Err(ActError::Refused(refusal)) => Ok(Err(refusal)),
        Err(error) => Err(error.into()),
    }
}

fn refused(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response.extensions_mut().insert(Shown);
    response
}

/// `POST /account/password`.
pub async fn password(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    let (app, person, session) = (web.app.clone(), who.person.clone(), session_of(&who));
    let [current, chosen, again] = ["current", "password", "again"].map(|name| sent.text(name).to_owned());
    let act = async move { change_password(&app, &person, &session, &current, &chosen, &again).await };
    match after(whole(act).await?, "password")? {
        Ok(response) => Ok(response),
        Err(refusal) => Ok(refused(page(&web, &who, Again { password: Some(&refusal), ..Again::default() }).await?)),
    }
}

/// `POST /account/passkeys`.
pub async fn new_passkey(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    let name = sent.text("name").to_owned();
    let new = NewPasskey {
        name: name.clone(),
        at: time(sent.text("made_at")).unwrap_or(Timestamp::UNIX_EPOCH),
        made: Registration {
            client_data: bytes(&sent, "made_client_data")?,
            authenticator_data: bytes(&sent, "made_authenticator_data")?,
            spki: bytes(&sent, "made_key")?,
        },
    };
    let (app, person, session, given) = (web.app.clone(), who.person.clone(), session_of(&who), confirmation(&sent)?);
    let current = sent.text("current").to_owned();
    let act = async move { register_passkey(&app, &person, &session, &current, given, new).await };
    match after(whole(act).await?, "passkey")? {
        Ok(response) => Ok(response),
        Err(refusal) => {
            let again = Again { passkey: Some((&refusal, &name)), ..Again::default() };
            Ok(refused(page(&web, &who, again).await?))
        }
    }
}

/// `POST /account/passkeys/{id}/remove`.
pub async fn drop_passkey(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let (app, person, session, given) = (web.app.clone(), who.person.clone(), session_of(&who), confirmation(&sent)?);
    let current = sent.text("current").to_owned();
    let act = async move { remove_passkey(&app, &person, &session, &current, given, &id).await };
    said(&web, &who, after(whole(act).await?, "passkey-removed")?).await
}

/// `POST /account/codes`.
pub async fn new_codes(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    let (app, person, session, given) = (web.app.clone(), who.person.clone(), session_of(&who), confirmation(&sent)?);
    let [current, id, code] = ["current", "codes", "new_code"].map(|name| sent.text(name).to_owned());
    let offered = id.clone();
    let act = async move { register_codes(&app, &person, &session, &current, given, (&id, &code)).await };
    match after(whole(act).await?, "codes")? {
        Ok(response) => Ok(response),
        Err(refusal) => {
            let again = Again { codes: Some((&refusal, &offered)), ..Again::default() };
            Ok(refused(page(&web, &who, again).await?))
        }
    }
}

/// `POST /account/codes/remove`.
pub async fn drop_codes(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    let (app, person, session, given) = (web.app.clone(), who.person.clone(), session_of(&who), confirmation(&sent)?);
    let current = sent.text("current").to_owned();
    let act = async move { remove_codes(&app, &person, &session, &current, given).await };
    said(&web, &who, after(whole(act).await?, "codes-removed")?).await
}

/// The page with what was refused at its head.
async fn said(web: &Web, who: &SignedIn, outcome: Result<Response, Refusal>) -> Result<Response, Error> {
    match outcome {
        Ok(response) => Ok(response),
        Err(refusal) => {
            let lines = refusal.reasons().iter().map(|reason| reason.text.clone());
            let notice = Notice::new(Tone::Bad, "没有办成").with(lines);
            Ok(refused(page(web, who, Again { notice: Some(notice), ..Again::default() }).await?))
        }
    }
}
