//! Starting an instance: a store in a temporary folder, a clock that stands still until it is set, the operator's first
//! record, and the organisations of a small county admitted over REST.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use actix_web::test::{self, TestRequest};
use actix_web::web::Data;
use serde_json::{Value, json};
use suyuan::app::log::{Keys, PublishedLog};
use suyuan::app::people::door::Door;
use suyuan::app::people::members;
use suyuan::app::randomness::SystemRandomness;
use suyuan::app::{App, Pages, founding, keys};
use suyuan::auth::session::Marks;
use suyuan::auth::token::Tokens;
use suyuan::domain::acts::organisations::RegisterOrganisation;
use suyuan::domain::merkle::{EMPTY_ROOT, TreeHead};
use suyuan::domain::people::MemberKind;
use suyuan::domain::ports::{Clock, Guard as _};
use suyuan::domain::time::Instant;
use suyuan::files::Files;
use suyuan::http::operations;
use suyuan::http::server::Shared;
use suyuan::log::SigningKey;
use suyuan::log::guard::FileGuard;
use suyuan::outgoing::reach::Reach;
use suyuan::store::Store;
use tempfile::TempDir;

use super::client::{Call, Client};
use super::{Answer, Browser};
use crate::engine::Place;

/// Time as the test tells it.
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Instant {
        Instant::from_millis(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// An instance of the service with a small county.
pub struct TestApp {
    clock: Arc<SetClock>,
    pub app: Data<App>,
    pub place: Place,
    pub store: Arc<dyn Store>,
    pub anon: Client,
    pub operator: Client,
    pub cooperative: Client,
    pub other_cooperative: Client,
    pub laboratory: Client,
    pub association: Client,
    pub buyer: Client,
    pub regulator: Client,
    call: Call,
    /// Dropped last: everything above lives in it.
    pub folder: TempDir,
}

/// Of every member of these tests.
pub const PASSWORD: &str = "kettle orchid ninety tractor";

/// The buyer's name and code: no public answer may hold them.
pub const BUYER: [&str; 3] = ["示范生鲜甲", "Demo Fresh A", "91999002MA00003143"];

impl TestApp {
    /// The county on the morning of 1 September 2026.
    pub async fn start() -> Self {
        Self::reached_by("https://sy.example").await
    }

    /// The same at another address.
    pub async fn reached_by(public_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SetClock(AtomicI64::new(instant("2026-09-01T01:00:00.000Z").millis())));
        let random = Arc::new(SystemRandomness);
        let place = Place::new(folder.path());
        let store = place.open(Arc::clone(&clock) as _, Arc::clone(&random) as _);
        let key = SigningKey::from_seed("sy.example/log", &[8; 32]).unwrap();
        let guard = FileGuard::at(folder.path().join("guard"));
        let keys = Keys::of("sy.example/log", std::slice::from_ref(&key)).unwrap();
        guard.begin(&keys.sign(1, TreeHead { size: 0, root: EMPTY_ROOT })).unwrap();
        let app = App {
            log: Some(PublishedLog::open(&store, Box::new(guard), &[key]).unwrap()),
            store: Arc::clone(&store),
            pages: Pages::new(&store, None),
            files: Files::open(&folder.path().join("files")).unwrap(),
            clock: Arc::clone(&clock) as _,
            random,
            tokens: Tokens::from_seed(&[7; 32]).unwrap(),
            door: Door::new(Marks::from_seed(&[7; 32])),
            public_url: public_url.into(),
            utc_offset_minutes: 480,
            reach: Reach::Private,
        };
        let shared = Shared::new(app, operations::recorder());
        let app = shared.app.clone();
        let (operator_id, operator_key) = found(app.clone()).await;
        let call = serve(shared).await;
        let anon = Client::new(&call, String::new(), None);
        let operator = Client::new(&call, operator_id, Some(operator_key));
        let admit = async |kind: &str, zh: &str, en: &str, uscc: &str| {
            admit(&call, &app, &operator, json!({"kind": kind, "name": {"zh": zh, "en": en}, "uscc": uscc})).await
        };
        let accredited = json!({"kind": "laboratory", "name": {"zh": "示范县农产品快检中心", "en": "Demo Testing Centre"},
            "uscc": "12999001MA00001115", "accreditation": {"cma": "示范-2026-001", "until": "2029-06-01"}});
        Self {
            cooperative: admit("cooperative", "示范红旗脐橙合作社", "Hongqi Cooperative", "93999001MA0000015G").await,
            other_cooperative: admit("cooperative", "示范江岸合作社", "Jiang'an Cooperative", "93999001MA0000023B")
                .await,
            laboratory: self::admit(&call, &app, &operator, accredited).await,
            association: admit("association", "示范县脐橙协会", "Demo Orange Association", "51999001MA0000218F").await,
            buyer: admit("buyer", BUYER[0], BUYER[1], BUYER[2]).await,
            regulator: admit("regulator", "示范县市场监督管理局", "Demo Market Regulator", "11999001MA00005311").await,
            call,
            clock,
            place,
            store,
            anon,
            operator,
            app,
            folder,
        }
    }

    /// Sets the clock.
    pub fn at(&self, moment: &str) {
        self.clock.0.store(instant(moment).millis(), Ordering::SeqCst);
    }

    /// Sets the clock to ten in the morning of a day in the county.
    pub fn on(&self, day: &str) {
        self.at(&format!("{day}T02:00:00.000Z"));
    }

    /// How many records the instance has.
    pub fn log_length(&self) -> usize {
        suyuan::store::Records::log(&*self.store, 0, 100_000).unwrap().len()
    }

    /// One client of each role, with the role's name.
    pub fn roles(&self) -> [(&'static str, &Client); 5] {
        [
            ("operator", &self.operator),
            ("cooperative", &self.cooperative),
            ("laboratory", &self.laboratory),
            ("association", &self.association),
            ("regulator", &self.regulator),
        ]
    }

    /// Admits one more organisation.
    pub async fn admit(&self, kind: &str, zh: &str, uscc: &str) -> Client {
        let organisation = json!({"kind": kind, "name": {"zh": zh}, "uscc": uscc});
        admit(&self.call, &self.app, &self.operator, organisation).await
    }

    /// A browser at the service's door.
    pub fn browser(&self) -> Browser {
        Browser::new(self.stranger(""))
    }

    /// A member of an organisation, who logs in by this name and [`PASSWORD`].
    pub fn member(&self, organisation: &Client, login: &str, kind: MemberKind) {
        let home = organisation.id.parse().unwrap();
        members::add(&self.app, home, login, "李娜", kind, PASSWORD).unwrap();
    }

    /// A browser in which such a member is logged in.
    pub async fn logged_in(&self, organisation: &Client, login: &str, kind: MemberKind) -> Browser {
        self.member(organisation, login, kind);
        let browser = self.browser();
        browser.log_in(login).await;
        browser
    }

    /// Somebody without credentials of ours, who sends this as `Authorization`.
    pub fn stranger(&self, bearer: &str) -> Client {
        Client::new(&self.call, String::new(), Some(bearer.to_owned()))
    }
}

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

/// The operator's record and key. Off the runtime's threads, because it waits for the writer.
async fn found(app: Data<App>) -> (String, String) {
    let organisation: RegisterOrganisation = serde_json::from_value(json!({"kind": "operator",
        "name": {"zh": "示范县农业农村局", "en": "Demo County Bureau"}, "uscc": "11999001MA0000423G",
        "utc_offset_minutes": 480}))
    .unwrap();
    actix_web::web::block(move || {
        let id = founding::found(&app, organisation).unwrap().id;
        (id.to_string(), keys::create(&app, id, "test").unwrap())
    })
    .await
    .unwrap()
}

async fn admit(call: &Call, app: &Data<App>, operator: &Client, organisation: Value) -> Client {
    let id = operator.made("/api/v1/organisations", organisation).await;
    let key = keys::create(app, id.parse().unwrap(), "test").unwrap();
    Client::new(call, id, Some(key))
}

async fn serve(shared: Shared) -> Call {
    let service = Rc::new(test::init_service(suyuan::service!(shared)).await);
    Rc::new(move |request: TestRequest| {
        let service = Rc::clone(&service);
        Box::pin(async move {
            let request = request.to_request();
            let line = format!("{} {}", request.method(), request.uri());
            let response = test::call_service(&*service, request).await;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let bytes = test::read_body(response).await.to_vec();
            Answer { request: line, status, headers, bytes }
        })
    })
}
