//! The map of the pages: a route is made here or not at all, and nowhere without saying who may. What it says is what is
//! enforced: whoever takes a [`super::people::Person`] is held to it before he sees a field.

use actix_web::dev::Handler;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Responder, Route};

/// Who may have a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Anybody,
    /// Whose password was right, and who has still something to show.
    Arriving,
    /// Members who may do this, by the table of operations (`auth::policy`).
    May(&'static str),
}

/// One address with one method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub method: Method,
    pub path: String,
    pub who: Who,
}

/// Adds pages, and remembers them: so that tests walk over every one of them.
pub struct Map<'c> {
    config: &'c mut ServiceConfig,
    pages: Vec<Page>,
}

impl<'c> Map<'c> {
    pub fn new(config: &'c mut ServiceConfig) -> Self {
        Self { config, pages: Vec::new() }
    }

    pub fn pages(self) -> Vec<Page> {
        self.pages
    }

    /// A page that is looked at.
    pub fn get<F, Args>(&mut self, path: &str, who: Who, handler: F) -> &mut Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add(path, vec![(Method::GET, who, web::get().to(handler))])
    }

    /// A form that is sent.
    pub fn post<F, Args>(&mut self, path: &str, who: Who, handler: F) -> &mut Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add(path, vec![(Method::POST, who, web::post().to(handler))])
    }

    /// A page with the form that is sent to its own address.
    pub fn form<F, A, G, B>(&mut self, path: &str, who: Who, shown: F, sent: G) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
        G: Handler<B>,
        B: FromRequest + 'static,
        G::Output: Responder + 'static,
    {
        self.add(path, vec![(Method::GET, who, web::get().to(shown)), (Method::POST, who, web::post().to(sent))])
    }

    /// What programs of other hosts ask before they read.
    pub fn get_and_options<F, A, G, B>(&mut self, path: &str, who: Who, shown: F, options: G) -> &mut Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
        G: Handler<B>,
        B: FromRequest + 'static,
        G::Output: Responder + 'static,
    {
        let asked = web::method(Method::OPTIONS).to(options);
        self.add(path, vec![(Method::GET, who, web::get().to(shown)), (Method::OPTIONS, who, asked)])
    }

    fn add(&mut self, path: &str, routes: Vec<(Method, Who, Route)>) -> &mut Self {
        let mut resource = web::resource(path.to_owned());
        for (method, who, route) in routes {
            resource = resource.app_data(who).route(route);
            self.pages.push(Page { method, path: path.to_owned(), who });
        }
        self.config.service(resource);
        self
    }
}
