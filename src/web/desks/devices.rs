//! The devices of the hall: enrolled and struck off by the administrator; and a device that signs that its session goes on.
use std::net::SocketAddr;

use axum::{
    Extension, Json,
    extract::{ConnectInfo, Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;

use super::{
    account::{confirm, confirmation, session_of},
    cases::Looked,
    hall::named,
    sign_in::{Asked, local},
};
use crate::{
    acts::{
        ActError,
        access::{self, DeviceRow},
        enrol_device::{NewDevice, enrol_device, remove_device},
        reset_access::reset_access,
        sign_in,
    },
    app::App,
    digest::Digest,
    hall::{device::Stand, refusal::Refusal, staff::Duty},
    passkey::device::DeviceProof,
    web::{
        error::Error,
        guard::{
            csrf::Sent,
            session::{self, SignedIn, Unproven},
            trouble::Shown,
        },
        kit::{Notice, Tone, form::Choice, shell::Access},
        pages::devices::{self, DeviceLine, Devices, Manage},
        router::Web,
        whole, words,
    },
};

const CENTRE: &str = "centre";

/// What the page shows again.
#[derive(Default)]
struct Again<'a> {
    notice: Option<Notice>,
    enrol: Option<(&'a Refusal, &'a Sent)>,
    reset: Option<(&'a Refusal, &'a Sent)>,
}

/// `GET /devices`.
pub async fn list(State(web): State<Web>, who: SignedIn, Query(looked): Query<Looked>) -> Result<Response, Error> {
    let notice = super::done(looked.done.as_deref());
    page(&web, &who, Again { notice, ..Again::default() }).await
}

async fn page(web: &Web, who: &SignedIn, again: Again<'_>) -> Result<Response, Error> {
    who.require(&[Duty::Administrator, Duty::Auditor])?;
    let app = &web.app;
    let rows = access::devices(app, &who.person).await?;
    let mut manage = None;
    if who.person.staff.duty == Duty::Administrator {
        let text = |given: Option<(&Refusal, &Sent)>, name: &str| {
            given.map_or_else(String::new, |(_, sent)| sent.text(name).to_owned())
        };
        let mut enrol = Devices::enrol_form(&text(again.enrol, "name"), places(app), &text(again.enrol, "place"));
        let mut reset = Devices::reset_form(&text(again.reset, "login"), &text(again.reset, "why"));
        for (form, given) in [(&mut enrol, again.enrol), (&mut reset, again.reset)] {
            for reason in given.iter().flat_map(|(refusal, _)| refusal.reasons()) {
                form.tell(reason.field.as_deref(), &reason.text);
            }
        }
        let confirm = confirm(web, who, "/account/challenge").await?;
        manage = Some(Manage { enrol, reset, confirm, csrf: who.csrf.clone() });
    }
    let demand = if app.rules.devices {
        "业务只能在已登记的设备上办理；在别处登录只能查看。"
    } else {
        "本大厅没有要求业务只在已登记的设备上办理；在已登记设备上的登录只在那台设备上有效。"
    };
    let page = Devices { demand: demand.into(), devices: rows.iter().map(|row| line(app, row)).collect(), manage };
    let mut shell = web.shell_for(who, "设备", "/devices");
    shell.notice = again.notice;
    Ok(shell.show(page.show()).into_response())
}

fn line(app: &App, row: &DeviceRow) -> DeviceLine {
    let place = match (&row.window_no, &row.department) {
        (Some(no), _) => match no.parse().ok().and_then(|no| app.hall.window(&no)) {
            Some(window) => format!("{no} {}", window.name),
            None => no.clone(),
        },
        (None, Some(key)) => key.parse().map_or_else(|_| key.clone(), |key| named(app, &key)),
        (None, None) => "中心".into(),
    };
    DeviceLine {
        id: row.id.clone(),
        name: row.name.clone(),
        place,
        since: words::minute_of(row.enrolled_at),
        key: Digest::of(&row.key).to_string().chars().take(16).collect(),
    }
}

/// Where a device may stand: windows, approval offices, the centre.
fn places(app: &App) -> Vec<Choice> {
    let choice = |value: String, label: String| Choice { value, label, hint: String::new() };
    let windows = app.hall.windows.iter().map(|w| choice(format!("window {}", w.no), format!("{} {}", w.no, w.name)));
    let issuing = app.hall.departments.iter().filter(|department| department.issues());
    let offices = issuing.map(|d| choice(format!("office {}", d.key), format!("{} 审批办", d.name)));
    windows.chain(offices).chain([choice(CENTRE.into(), "中心（管理、审计、领导签批）".into())]).collect()
}

fn stand(place: &str) -> Option<Stand> {
    match place.split_once(' ') {
        Some(("window", no)) => no.parse().ok().map(Stand::Window),
        Some(("office", key)) => key.parse().ok().map(Stand::Office),
        _ => (place == CENTRE).then_some(Stand::Centre),
    }
}

/// `POST /devices`.
pub async fn enrol(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    let new = NewDevice {
        name: sent.text("name").to_owned(),
        stand: stand(sent.text("place")),
        key: hex::decode(sent.text("key")).unwrap_or_default(),
    };
    let (app, person, session, given) = (web.app.clone(), who.person.clone(), session_of(&who), confirmation(&sent)?);
    let act = async move { enrol_device(&app, &person, &session, given, new).await };
    match whole(act).await? {
        Ok(_) => Ok(Redirect::to("/devices?done=enrolled").into_response()),
        Err(ActError::Refused(refusal)) => {
            refused(page(&web, &who, Again { enrol: Some((&refusal, &sent)), ..Again::default() }).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /devices/{id}/remove`.
pub async fn remove(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let (app, person, session, given) = (web.app.clone(), who.person.clone(), session_of(&who), confirmation(&sent)?);
    let act = async move { remove_device(&app, &person, &session, given, &id).await };
    match whole(act).await? {
        Ok(()) => Ok(Redirect::to("/devices?done=unenrolled").into_response()),
        Err(ActError::Refused(refusal)) => {
            let lines = refusal.reasons().iter().map(|reason| reason.text.clone());
            let notice = Some(Notice::new(Tone::Bad, "没有办成").with(lines));
            refused(page(&web, &who, Again { notice, ..Again::default() }).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /devices/reset`.
pub async fn reset(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    let (app, person, session, given) = (web.app.clone(), who.person.clone(), session_of(&who), confirmation(&sent)?);
    let [login, why] = ["login", "why"].map(|name| sent.text(name).trim().to_owned());
    let act = async move { reset_access(&app, &person, &session, given, &login, &why).await };
    match whole(act).await? {
        Ok(()) => Ok(Redirect::to("/devices?done=reset").into_response()),
        Err(ActError::Refused(refusal)) => {
            refused(page(&web, &who, Again { reset: Some((&refusal, &sent)), ..Again::default() }).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn refused(mut response: Response) -> Result<Response, Error> {
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response.extensions_mut().insert(Shown);
    Ok(response)
}

/// What a form or a request says of the device it comes from; nothing where it says nothing.
pub(super) fn proof(sent: &Sent) -> Option<DeviceProof> {
    Some(DeviceProof {
        device: sent.text("device").parse().ok()?,
        seconds: sent.text("device_at").parse().ok()?,
        signature: BASE64_URL_SAFE_NO_PAD.decode(sent.text("device_signature")).ok()?,
    })
}

/// `GET /device`: the device signs, and the browser goes on to where it was going.
pub async fn renewing(
    State(web): State<Web>,
    who: Option<Extension<Unproven>>,
    Query(asked): Query<Asked>,
) -> Response {
    let next = local(asked.next.as_deref().unwrap_or("/")).to_owned();
    let Some(Extension(unproven)) = who else { return Redirect::to(&next).into_response() };
    let mut shell = web.shell("设备", "/device");
    shell.access = Some(Access { now: web.app.now().as_second(), session: Some(unproven.name.to_string()) });
    shell.show(devices::renewing(&next)).into_response()
}

/// `POST /device/renew`: a signature for another second cookie.
pub async fn renew(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    who: Option<Extension<SignedIn>>,
    unproven: Option<Extension<Unproven>>,
    sent: Sent,
) -> Result<Response, Error> {
    let token = match (&unproven, &who) {
        (Some(Extension(unproven)), _) => &unproven.token,
        (None, Some(Extension(who))) => &who.token,
        (None, None) => return Err(Error::NotFound),
    };
    let from = sign_in::From { peer: peer.ip(), inside: web.is_inside(peer.ip()) };
    let now = web.app.now().as_second();
    match sign_in::renew(&web.app, token, proof(&sent).as_ref(), from).await {
        Ok(proof) => {
            let mut response = Json(json!({ "now": now })).into_response();
            if let Some(cookie) = session::set_proof(&proof, web.transport) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(ActError::Refused(refusal)) => {
            let clock = refusal.codes() == [sign_in::OTHER_CLOCK];
            let body = Json(json!({ "now": now, "clock": clock }));
            refused((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
