//! The way in for the first people: links from the server's own terminal, beside the running service.

use crate::support::program::Service;

fn said(service: &Service, arguments: &[&str]) -> (i32, String, String) {
    let output = service.beside(arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim().to_owned();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The path of a printed link.
fn path(link: &str) -> &str {
    assert!(link.starts_with("http://") && link.lines().count() == 1, "{link}");
    &link[link.find("/invitation/").or(link.find("/reset/")).unwrap()..]
}

#[test]
fn the_first_manager_comes_in_by_a_link_and_a_forgotten_password_is_set_anew() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path(), &[]);
    let (code, link, _) = said(&service, &["admin", "invite", "--name", "张三"]);
    assert_eq!(code, 0);
    let new = "kettle+orchid+ninety+tractor";
    let fields = format!("name=Zhang&login=zhang.san&password={new}&again={new}");
    let (joined, _) = service.fill(path(&link), &fields);
    // An operator's people show a second factor.
    assert_eq!(joined.header("location"), Some("/login/authenticator?then=/console"), "{}", joined.body);
    assert!(joined.header("set-cookie").unwrap().starts_with("session="), "plain http, no prefix: {}", joined.head);
    let (code, link, _) = said(&service, &["admin", "reset", "--login", "Zhang.San"]);
    assert_eq!(code, 0);
    let new = "seven+grey+buckets+of+plums";
    assert_eq!(service.fill(path(&link), &format!("password={new}&again={new}")).0.status, 303);
    assert_eq!(service.fill("/login", &format!("login=zhang.san&password={new}")).0.status, 303);
    assert_eq!(service.fill("/login", "login=zhang.san&password=kettle+orchid+ninety+tractor").0.status, 422);

    let nobody = "00112233445566778899aabbccddeeff";
    for (arguments, sentence) in [
        (&["admin", "reset", "--login", "no.one"][..], "no such member"),
        (&["admin", "reset", "--login", "x"], "login"),
        (&["admin", "invite", "--name", "", "--kind", "manager"], "name"),
        (&["admin", "invite", "--name", "x", "--organisation", nobody], "No such entry"),
    ] {
        let (code, printed, refused) = said(&service, arguments);
        assert_eq!((code, &*printed), (1, ""), "{refused}");
        assert!(refused.contains(sentence), "{arguments:?}: {refused}");
    }
}
