//! A browser without a screen: it keeps cookies, follows redirects, and fills in the forms of the last page.

use crate::support::town::{PASSWORD, Town};
use crate::support::web::{Answer, Ask, send};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;

pub struct Browser {
    address: SocketAddr,
    cookies: RefCell<BTreeMap<String, String>>,
    /// Sent with every request.
    headers: Vec<(String, String)>,
}

/// A page, after all redirects.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: u16,
    /// The path at which it was found.
    pub path: String,
    pub html: String,
    pub answer: Answer,
}

impl Page {
    /// The value of the first hidden field of a name in the page's own forms.
    pub fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, own) = self.html.split_once("<main").unwrap();
        let (_, rest) = own.split_once(&mark).unwrap_or_else(|| panic!("no {name} in {}", self.html));
        rest.split('"').next().unwrap().to_owned()
    }

    pub fn has(&self, text: &str) -> bool {
        self.html.contains(text)
    }

    /// The page must say this.
    pub fn says(self, text: &str) -> Self {
        assert!(self.has(text), "{text} is not in\n{}", self.html);
        self
    }

    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.path, self.html);
        self
    }

    /// The addresses of its links.
    pub fn links(&self) -> Vec<String> {
        let parts = self.html.split("href=\"").skip(1);
        parts.map(|part| part.split('"').next().unwrap().replace("&amp;", "&")).collect()
    }
}

impl Browser {
    pub fn new(address: SocketAddr) -> Self {
        let headers = vec![
            ("Accept".to_owned(), "text/html".to_owned()),
            ("Accept-Language".to_owned(), "zh-CN".to_owned()),
        ];
        Browser { address, cookies: RefCell::default(), headers }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A browser in which this user of a town has signed in.
    pub fn signed_in(town: &Town, login: &str) -> Self {
        let browser = Browser::new(town.web.address());
        let page = browser.get("/login");
        let page = browser.post(&page, "/login", &[("login", login), ("password", PASSWORD)]);
        assert_eq!(page.status, 200, "{page:?}");
        browser
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// Every cookie, for requests that are written by hand.
    pub fn all_cookies(&self) -> Vec<(String, String)> {
        self.cookies.borrow().iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    pub fn forget(&self, name: &str) {
        self.cookies.borrow_mut().remove(name);
    }

    /// One request, without following a redirect.
    pub fn once(&self, method: &'static str, path: &str, body: Option<String>) -> Answer {
        let mut ask = Ask { method, body, headers: self.headers.clone(), ..Ask::get(path).role(None) };
        if ask.body.is_some() {
            ask = ask.header("Content-Type", "application/x-www-form-urlencoded");
        }
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            ask = ask.header("Cookie", &cookies.join("; "));
        }
        let answer = send(self.address, &ask);
        for line in answer.headers("set-cookie") {
            let (pair, attributes) = line.split_once(';').unwrap_or((&line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            match attributes.to_ascii_lowercase().contains("max-age=0") {
                true => self.forget(name),
                false => self.set_cookie(name, value),
            }
        }
        answer
    }

    fn follow(&self, path: &str, answer: Answer) -> Page {
        let (mut path, mut answer) = (path.to_owned(), answer);
        for _ in 0..5 {
            if answer.status != 303 {
                break;
            }
            path = answer.header("location").unwrap();
            answer = self.once("GET", &path, None);
        }
        Page { status: answer.status, path, html: answer.text.clone(), answer }
    }

    pub fn get(&self, path: &str) -> Page {
        self.follow(path, self.once("GET", path, None))
    }

    /// Sends a form of a page, with its token and key.
    pub fn post(&self, page: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
        let (csrf, key) = (page.hidden("csrf"), page.hidden("key"));
        let mut all = vec![("csrf", csrf.as_str()), ("key", key.as_str())];
        all.extend(fields);
        self.send(path, &all)
    }

    /// Sends exactly these fields.
    pub fn send(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.follow(path, self.once("POST", path, Some(body)))
    }
}
