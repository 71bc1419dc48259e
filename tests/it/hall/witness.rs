//! A hall whose ledger's policy has a quorum: what happens while the witness is silent, and when two nodes share one.

use std::net::SocketAddr;

use tokio::task::JoinSet;
use yinxin::acts::resume::{Resumed, resume};
use yinxin::app::witnesses::{Watched, WitnessConfig};
use yinxin::ledger::policy::Policy;
use yinxin::ledger::trust::accept;
use yinxin::web::router::{Accounts, Web, router};
use yinxin::web::serve::Door;

use super::together::{ordinary, submit_all};
use super::*;

/// Another hall, which watches this one's ledger.
struct Next {
    hall: TestHall,
    watched: Watched,
    at: SocketAddr,
    serving: Option<tokio::task::JoinHandle<()>>,
}

impl Next {
    /// It, answering, and premises whose policy asks for its cosignature.
    async fn to(premises: Premises) -> (Self, Premises) {
        let key = fs::read_to_string(premises.path("keys/trust/log.vkey")).unwrap().trim().to_owned();
        let mut next = Premises::new();
        next.config.witness = Some(WitnessConfig { name: "next.example/witness".to_owned(), logs: vec![key.clone()] });
        let hall = next.open().await;
        let watched = hall.app.witness.clone().unwrap();
        let mut next = Self { hall, watched, at: SocketAddr::from(([127, 0, 0, 1], 0)), serving: None };
        next.answers();
        let policy = format!("log {key}\nwitness next {} http://{}/witness\nquorum next\n", next.watched.key, next.at);
        fs::write(premises.path("keys/trust/policy.txt"), policy).unwrap();
        (next, premises)
    }

    fn answers(&mut self) {
        let door = Door::open(self.at, None).unwrap();
        self.at = door.address();
        let web = Web::new(self.hall.app.clone(), &self.hall.premises.config, door.transport(), Accounts::Hidden);
        let served = door.serve(router(web, [0; 4]), std::future::pending());
        self.serving = Some(tokio::spawn(async move { served.await.unwrap() }));
    }

    async fn is_silent(&mut self) {
        let serving = self.serving.take().unwrap();
        serving.abort();
        assert!(serving.await.is_err());
    }
}

/// The published ledger is the rows, and the witness has cosigned it.
async fn assert_is_witnessed(hall: &TestHall) {
    hall.assert_ledger_is_whole().await;
    let policy = Policy::parse(&fs::read_to_string(hall.premises.path("keys/trust/policy.txt")).unwrap()).unwrap();
    assert_eq!(accept(&hall.app.publication.checkpoint().unwrap().unwrap(), &policy).unwrap().witnesses().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_is_suspended_though_no_witness_answers() {
    let (mut next, premises) = Next::to(Premises::new()).await;
    let hall = premises.open().await;
    assert_is_witnessed(&hall).await;
    next.is_silent().await;
    let published = || hall.app.publication.checkpoint().unwrap().unwrap().claim().size;
    let before = published();
    let case = Case::number("000001");
    hall.clerk(case.window()).submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    let waiting = hall.chief(&asked.department).approve(&asked).await;
    assert!(matches!(waiting, Err(ActError::Waiting(text)) if text.contains("见证人")), "{waiting:?}");
    hall.keeper("scjg").suspend("approval").await.unwrap();
    assert_eq!(published(), before, "the public sees nothing that is not cosigned");
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM seal WHERE state = 'suspended'").await, 1);
    // Nothing more is logged while it is silent.
    let entries = hall.premises.count("SELECT COUNT(*) FROM ledger_entry").await;
    let other = Case::number("000003");
    hall.clerk(other.window()).submit(&other).await.unwrap();
    let others = hall.only_use(&other.case).await;
    let waiting = hall.chief(&others.department).approve(&others).await;
    assert!(matches!(waiting, Err(ActError::Waiting(_))), "{waiting:?}");
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry").await, entries);
    // What was logged under the suspended seal is void, whoever is silent.
    assert_eq!(resume(&hall.app, false).await.unwrap(), Resumed { finished: 0, voided: 1, filed: 0 });
    assert_eq!(published(), before);
    // It answers: the other one is approved again and sealed.
    next.answers();
    tokio::time::sleep(std::time::Duration::from_secs(4)).await; // one that failed is left alone for three
    assert_eq!(resume(&hall.app, false).await.unwrap(), Resumed::default());
    sealed(hall.chief(&others.department).approve(&others).await);
    assert!(hall.report(&hall.documents(&other.case).await[0]).is_valid());
    assert_is_witnessed(&hall).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "asks PostgreSQL: tools/with-postgres"]
async fn two_nodes_share_a_witness() {
    let (next, premises) = Next::to(Premises::new()).await;
    let Next { hall: witness, watched, .. } = &next;
    let one = premises.open().await;
    let cases = ordinary(40);
    let asked = submit_all(&one, &cases).await;
    let other = Arc::new(one.premises.app().await.unwrap());
    let mut approving = JoinSet::new();
    for (place, one_asked) in asked.iter().enumerate() {
        let chief = one.chief(&one_asked.department);
        let actor = if place % 2 == 0 { chief } else { Actor { app: other.clone(), ..chief } };
        let one_asked = one_asked.clone();
        approving.spawn(async move { actor.approve(&one_asked).await });
    }
    for done in approving.join_all().await {
        assert!(matches!(done, Ok(Done::Sealed(_))), "{done:?}");
    }
    for case in &cases {
        let report = one.report(&one.documents(&case.case).await[0]);
        assert!(report.is_valid() && !report.has("no-independent-witness"), "{}", report.summary());
    }
    assert_is_witnessed(&one).await;
    // The witness has seen one history, to its end.
    let row = witness.app.db.witnessed(watched.logs[0].name().as_str()).await.unwrap().unwrap();
    assert_eq!(row.size, one.premises.count("SELECT COUNT(*) FROM ledger_entry").await);
}
