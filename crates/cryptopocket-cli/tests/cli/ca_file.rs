//! `--ca-file`: certificate authorities to trust besides the system's.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::program::{Emulator, Program, finish};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    Authority::self_signed(parameters, KeyPair::generate().unwrap()).unwrap()
}

fn acceptor(authority: &Authority) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let parameters = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = parameters.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Puts TLS before the emulator, with a certificate of `authority`. Returns the base URL.
fn behind_tls(emulator: &Emulator, authority: &Authority) -> String {
    let (give, take) = std::sync::mpsc::channel();
    let acceptor = acceptor(authority);
    let base_url = emulator.sandbox.base_url();
    let inner = base_url
        .trim_start_matches("http://")
        .trim_end_matches("/api")
        .to_owned();
    // It ends with the test process.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            give.send(listener.local_addr().unwrap()).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut outer) = acceptor.accept(stream).await else {
                    continue;
                };
                let mut inner = TcpStream::connect(&inner).await.unwrap();
                tokio::spawn(async move {
                    let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
                });
            }
        });
    });
    format!("https://{}/api", take.recv().unwrap())
}

#[test]
fn authority_of_the_file_is_trusted() {
    let emulator = Emulator::start();
    let (ours, theirs) = (authority(), authority());
    let program = emulator
        .program()
        .with("CRYPTOPOCKET_BASE_URL", &behind_tls(&emulator, &ours));
    let file = program.file("ca.pem", ours.pem().as_bytes());
    let other = program.file("other.pem", theirs.pem().as_bytes());
    let run = program.words(&format!("assets --ca-file {file} --json"));
    assert_eq!(run.code, 0, "{}", run.stdout);
    for line in ["assets".to_owned(), format!("assets --ca-file {other}")] {
        let run = program.words(&format!("{line} --no-retry --json"));
        let error = run.error();
        assert_eq!(
            (run.code, error["kind"].as_str()),
            (5, Some("not_sent")),
            "{error}"
        );
        assert!(error["hint"].as_str().unwrap().contains("--ca-file"), "{error}");
    }
}

#[test]
fn settings_from_stdin_serve_every_client_of_a_command() {
    let (emulator, ours) = (Emulator::start(), authority());
    let program = emulator
        .program()
        .with("CRYPTOPOCKET_BASE_URL", &behind_tls(&emulator, &ours));
    let pem = program.file("ca.pem", ours.pem().as_bytes());
    let choices = program.file("choices.json", br#"{"version":1,"operations":{}}"#);
    for line in [
        "doctor --ca-file - --json".to_owned(),
        format!("doctor --ca-file {pem} --choices - --json"),
    ] {
        let file = if line.contains("--choices") {
            &choices
        } else {
            &pem
        };
        let words: Vec<_> = line.split_whitespace().collect();
        let mut command = program.command(&words);
        command.stdin(std::fs::File::open(file).unwrap());
        let run = finish(&mut command);
        assert_eq!(run.code, 0, "{line}: {}", run.stdout);
    }
}

#[test]
fn unreadable_authority_is_a_configuration_error() {
    let program = Program::new();
    let broken = program.file("broken.pem", b"no certificate");
    for path in ["nowhere.pem", &broken] {
        let line = format!("assets --ca-file {path} --api-key k --api-secret s --json");
        let run = program.words(&line);
        let error = run.error();
        assert_eq!(
            (run.code, error["kind"].as_str()),
            (3, Some("configuration")),
            "{error}"
        );
    }
    assert_eq!(program.words("sandbox --ca-file nowhere.pem --json").code, 3);
}
