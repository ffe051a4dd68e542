//! Peer programs that behave, and such that do not.
#![cfg(unix)]

use benches::{Answer, Ends, Member, Peer, PeerError, Sweep};
use std::process::Command;
use std::time::{Duration, Instant};

/// A peer that is a shell script.
fn start(script: &str, limit: Duration) -> Result<Peer, PeerError> {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Peer::start("script", command, limit)
}

const PATIENT: Duration = Duration::from_secs(30);

const HELLO: &str = r#"echo '{"peers":[{"who":"a","version":"1.2","methods":["m","n"],"stiff":["s"]}],"missing":["b: install it"]}'"#;

/// The error of a peer that greets and then answers by this script.
fn answers(script: &str, limit: Duration) -> (Peer, PeerError) {
    let mut peer = start(&format!("{HELLO}; {script}"), limit).unwrap();
    let error = peer.solve("a", "m", (1e-6, 1e-8), 1).unwrap_err();
    (peer, error)
}

#[test]
fn a_conversation() {
    let script = format!(
        "{HELLO}
        while read word rest; do case $word in
            problem) test \"$rest\" = 'decay 0e0 2e0 1 5e-1 2 1e0 -2e0' -o \"$rest\" = 'jump 0e0 2e0 0 1 1e0 1 5e-1' && echo '{{}}' || echo '{{\"failure\":\"what?\"}}';;
            rhs) echo '{{\"du\":[-0.5,1e0]}}';;
            jac) test \"$rest\" = '2 1e0 -2e0' && echo '{{\"jac\":[[0,0,-0.5],[1,0,3e0]]}}' || echo '{{\"failure\":\"no\"}}';;
            ensemble) test \"$rest\" = 'a m 1e-6 1e-8 1 0e0 2.8e1 4 2 3' && echo '{{\"ends\":[[1.0],[2e0]],\"seconds\":0.5}}' || echo '{{\"failure\":\"no\"}}';;
            solve) test \"$rest\" = 'a m 1e-6 1e-8 3' && echo '{{\"u\":[0.25,4.0],\"seconds\":1e-6,\"prepare\":2.5}}' || echo '{{\"failure\":\"no\"}}';;
        esac; done"
    );
    let mut peer = start(&script, PATIENT).unwrap();
    let member = Member {
        who: "a".into(),
        version: "1.2".into(),
        methods: vec!["m".into(), "n".into()],
        stiff: vec!["s".into()],
        ..Member::default()
    };
    assert_eq!(peer.members(), [member]);
    assert_eq!(peer.missing(), ["b: install it"]);
    peer.problem("decay", (0.0, 2.0), &[0.5], &[1.0, -2.0], &[]).unwrap();
    peer.problem("jump", (0.0, 2.0), &[], &[1.0], &[0.5]).unwrap();
    assert_eq!(peer.derivative(&[1.0, -2.0]).unwrap(), [-0.5, 1.0]);
    assert_eq!(peer.jacobian(&[1.0, -2.0]).unwrap(), [(0, 0, -0.5), (1, 0, 3.0)]);
    let answer = Answer { u: vec![0.25, 4.0], seconds: 1e-6, prepare: 2.5 };
    assert_eq!(peer.solve("a", "m", (1e-6, 1e-8), 3).unwrap(), answer);
    let sweep = Sweep { parameter: Some(1), from: 0.0, to: 28.0, count: 4, every: 2 };
    let ends = Ends { ends: vec![vec![1.0], vec![2.0]], seconds: 0.5, prepare: 0.0 };
    assert_eq!(peer.ensemble("a", "m", (1e-6, 1e-8), &sweep, 3).unwrap(), ends);
    // Refusals are no end.
    let refused = PeerError::Refused("script: no".into());
    assert_eq!(peer.solve("a", "m", (1e-6, 1e-8), 4).unwrap_err(), refused);
    assert_eq!(peer.solve("a", "m", (1e-6, 1e-8), 3).unwrap(), answer);
}

#[test]
fn a_peer_that_dies_is_down() {
    let (mut peer, error) = answers("read line; exit 7", PATIENT);
    assert!(matches!(&error, PeerError::Down(why) if why.contains("exit status: 7")), "{error}");
    // And stays so, without waiting.
    assert_eq!(peer.solve("a", "m", (1e-6, 1e-8), 1).unwrap_err(), error);
    assert_eq!(peer.derivative(&[1.0]).unwrap_err(), error);
}

#[test]
fn rubbish_is_shown_and_ends_the_peer() {
    for rubbish in
        ["Segmentation fault", "{", "[1,2]", "{\"u\":[1.0]}", "{\"u\":[NaN],\"seconds\":1}"]
    {
        let (_, error) = answers(&format!("read line; echo '{rubbish}'; cat"), PATIENT);
        let PeerError::Down(why) = &error else { panic!("{error}") };
        assert!(why.contains("makes no sense") && why.contains(rubbish), "{why}");
    }
}

#[test]
fn a_silent_peer_is_not_waited_for() {
    let begin = Instant::now();
    let (mut peer, error) = answers("exec sleep 1000", Duration::from_millis(300));
    assert!(matches!(&error, PeerError::Down(why) if why.contains("no answer within")), "{error}");
    assert!(peer.solve("a", "m", (1e-6, 1e-8), 1).is_err());
    drop(peer);
    assert!(begin.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_bad_greeting_is_an_error() {
    for script in ["exit 0", "echo hello", "echo '{}'", "echo '{\"failure\":\"no licence\"}'"] {
        assert!(start(script, PATIENT).is_err(), "{script}");
    }
    let error = start("exec sleep 1000", Duration::from_millis(300)).unwrap_err();
    assert!(error.to_string().contains("script: no answer"), "{error}");
}
