//! Others who talk to the local port: none can end the sign-in, hold it up, or make it grow.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::support::{Login, User, portal};
use crate::support::Server;

/// A portal, a home and a sign-in that waits.
fn waiting() -> (Server, User, Login) {
    let portal = portal();
    let user = User::at(&portal);
    let login = Login::start(&user, &["--no-browser", "--dashboard-url", "https://dash.example"]);
    (portal, user, login)
}

#[track_caller]
fn refused(answer: &str, status: u16) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "wanted {status}: {answer}");
}

#[test]
fn only_the_callback_request_is_accepted() {
    let (_portal, _home, login) = waiting();
    let form = login.form();
    let good = login.head(form.len()) + &form;
    let host = format!("Host: 127.0.0.1:{}", login.port);
    for (from, to, status) in [
        ("POST", "GET", 405),
        ("POST", "OPTIONS", 405),
        ("/callback", "/", 404),
        ("/callback", "/callback?state=x", 404),
        ("/callback", "/callback/", 404),
        (&host, "Host: localhost:1", 403),
        (&host, "Host: evil.example", 403),
        (&host, "X-Host: 127.0.0.1", 403),
        (&host, &format!("{host}\r\n{host}"), 400),
        ("Origin: null", "Origin: https://evil.example", 403),
        ("Origin: null", "Origin: https://dash.example.evil.example", 403),
        ("Origin: null", "Origin: http://dash.example", 403),
        ("Origin: null", "Origin: null\r\nOrigin: null", 400),
        ("navigate", "cors", 403),
        ("navigate", "no-cors", 403),
        ("application/x-www-form-urlencoded", "text/plain", 415),
        ("application/x-www-form-urlencoded", "multipart/form-data", 415),
        ("Content-Length", "X-Length", 411),
        ("Content-Length: ", "Content-Length: +", 400),
        ("HTTP/1.1", "HTTP/3", 400),
        ("\r\nOrigin", "\r\n bad\u{0}\r\nOrigin", 400),
        ("state=", "state=0", 403),
        ("state=", "State=", 403),
        ("state=", "state=x&state=", 400),
        ("pat=", "pet=", 400),
        ("pat=", "error=access_denied&pat=", 400),
        ("pat=", "pat=%ff", 400),
    ] {
        assert!(good.contains(from), "{from}");
        let mut request = good.replacen(from, to, 1);
        if request.contains(&format!("Content-Length: {}\r", form.len()))
            && let Some((head, body)) = request.clone().split_once("\r\n\r\n")
        {
            let right = format!("Content-Length: {}\r", body.len());
            let wrong = format!("Content-Length: {}\r", form.len());
            request = format!(
                "{}\r\n\r\n{body}",
                (head.to_owned() + "\r").replace(&wrong, &right).trim_end()
            );
        }
        refused(&login.send(&request), status);
    }
    login.succeeds();
}

#[test]
fn the_dashboard_s_own_origin_and_an_absent_one_will_do() {
    for origin in ["Origin: https://dash.example\r\n", ""] {
        let (_portal, _home, login) = waiting();
        let form = login.form();
        let request = login.head(form.len()).replace("Origin: null\r\n", origin) + &form;
        let bare = request.replace("Sec-Fetch-Mode: navigate\r\n", "");
        assert!(login.send(&bare).contains("You are signed in"));
        login.end().exits(0);
    }
}

#[test]
fn a_thousand_wrong_states_change_nothing() {
    let (_portal, _home, login) = waiting();
    let form = format!("state={}&pat=alter_pat_evil", "0".repeat(64));
    for _ in 0..1000 {
        refused(&login.post(&form), 403);
    }
    login.succeeds();
}

#[test]
fn resets_change_nothing() {
    let (_portal, _home, login) = waiting();
    for _ in 0..200 {
        let mut stream = login.connect();
        // Closing with an answer unread makes the system send a reset.
        stream.write_all(login.head(5).as_bytes()).unwrap();
        stream.write_all(b"wrong").unwrap();
        let _ = stream.read(&mut [0; 1]);
    }
    login.succeeds();
}

#[test]
fn a_body_that_never_comes_blocks_no_other_client() {
    let (_portal, _home, login) = waiting();
    let silent = |length: &str| {
        let mut stream = login.connect();
        stream.write_all(login.head(length).as_bytes()).unwrap();
        stream
    };
    let mut held: Vec<TcpStream> = (0..40).map(|_| silent("100")).collect();
    for length in ["1025", "9000000000000000000", "99999999999999999999"] {
        held.push(silent(length));
    }
    login.succeeds();
    drop(held);
}

#[test]
fn incomplete_and_oversized_requests_change_nothing() {
    let (_portal, _home, login) = waiting();
    let form = login.form();
    let good = login.head(form.len()) + &form;
    let long = form.clone() + "&more=" + &"x".repeat(1024);
    let requests = [
        good.replace("Content-Length", "Transfer-Encoding: chunked\r\nContent-Length"),
        good.replace("Content-Length", "Expect: 100-continue\r\nContent-Length"),
        good.replace("Content-Length", "Upgrade: websocket\r\nContent-Length"),
        login.head(long.len()) + &long,
        "GET / HTTP/1.1\r\n\r\n".to_owned() + &"x".repeat(16_000_000),
        login.head(16_000_000) + &"x".repeat(16_000_000),
    ];
    let held: Vec<TcpStream> = requests
        .iter()
        .map(|request| {
            let mut stream = login.connect();
            stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
            // What is not read need not be taken either.
            let _ = stream.write_all(request.as_bytes());
            stream
        })
        .collect();
    login.succeeds();
    drop(held);
}

#[test]
fn a_flood_does_not_push_out_a_client_half_through_its_form() {
    let (_portal, _home, login) = waiting();
    let form = login.form();
    let mut good = login.connect();
    let request = login.head(form.len()) + &form;
    let (first, rest) = request.split_at(request.len() / 2);
    good.write_all(first.as_bytes()).unwrap();
    let held: Vec<TcpStream> = (0..300)
        .map(|_| {
            let mut stream = login.connect();
            stream.write_all(b"POST /callback HTTP/1.1\r\n").unwrap();
            stream
        })
        .collect();
    good.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    good.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("You are signed in"), "{answer}");
    login.end().exits(0);
    drop(held);
}

#[test]
fn half_open_clients_block_no_other_client() {
    for count in [40, 300] {
        let (_portal, _home, login) = waiting();
        let held: Vec<TcpStream> = (0..count).map(|_| login.connect()).collect();
        login.succeeds();
        drop(held);
    }
}

#[test]
fn a_request_may_come_byte_by_byte_and_half_closed() {
    let (_portal, _home, login) = waiting();
    let form = login.form();
    let mut stream = login.connect();
    stream.set_nodelay(true).unwrap();
    for byte in (login.head(form.len()) + &form).bytes() {
        stream.write_all(&[byte]).unwrap();
    }
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("You are signed in"), "{answer}");
    login.end().exits(0);
}

#[test]
fn other_connections_do_not_delay_the_callback() {
    let (_portal, _home, login) = waiting();
    let port = login.port;
    let flood = std::thread::spawn(move || {
        while let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
            if stream.write_all(&[b'x'; 4096]).is_err() {
                break;
            }
        }
    });
    login.succeeds();
    flood.join().unwrap();
}
