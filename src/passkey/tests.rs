use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

use super::assertion::check_signature;
use super::*;

/// The vectors of Web Authentication Level 3, 16 (relying party `example.org`); they verify nobody (UV is not set).
mod w3c {
    /// None attestation with ES256.
    pub(super) const ES256: [&str; 4] = [
        "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000",
        "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224f63446e55685158756c5455506f334a5558543049393770767a7a59425039745a63685879617630314167222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d",
        "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87",
        "39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408",
    ];
    const X_Y: [&str; 2] = [
        "afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61",
        "930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220",
    ];
    /// Packed attestation with RS256: the registration, whose flags do say that the user was verified; its key's CBOR is cut off.
    pub(super) const CREATED: [&str; 3] = [
        "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b55d00000000428f8878298b9862a36ad8c7527bfef20020992a18acc83f67533600c1138a4b4c4bd236de13629cf025ed17cb00b00b74df",
        "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a2276716a776477414a76566679774e3976367039304f69666b7468752d6b6a79474c48717465705f49354b59222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d",
        "bea8f0770009bd57f2c0df6fea9f743a27e4b61bbe923c862c7aad7a9fc8e4a6",
    ];

    pub(super) fn spki() -> Vec<u8> {
        super::spki(&hex::decode(format!("04{}{}", X_Y[0], X_Y[1])).unwrap())
    }
}

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// The SubjectPublicKeyInfo of a point of P-256 (RFC 5480).
fn spki(point: &[u8]) -> Vec<u8> {
    [&bytes("3059301306072a8648ce3d020106082a8648ce3d030107034200")[..], point].concat()
}

fn example() -> RelyingParty {
    RelyingParty::of("https://example.org/")
}

#[test]
fn the_vectors_of_the_recommendation_verify_but_for_the_person() {
    let [data, client, signature, challenge] = w3c::ES256;
    let assertion =
        Assertion { authenticator_data: bytes(data), client_data: bytes(client), signature: bytes(signature) };
    let spki = w3c::spki();
    assert_eq!(check_signature(&spki, &assertion), Ok(()));
    let key = PasskeyKey { spki: &spki, backup_eligible: true };
    let challenge = challenge.parse().unwrap();
    assert_eq!(verify(&example(), &challenge, key, &assertion), Err(PasskeyError::NotVerified));
    client_data::check(&assertion.client_data, "webauthn.get", &example(), &challenge).unwrap();

    let [data, client, challenge] = w3c::CREATED;
    let made = Registration { authenticator_data: bytes(data), client_data: bytes(client), spki };
    let registered = register(&example(), &challenge.parse().unwrap(), &made).unwrap();
    assert_eq!(hex::encode(registered.credential), "992a18acc83f67533600c1138a4b4c4bd236de13629cf025ed17cb00b00b74df");
    assert!(registered.backup_eligible && registered.counter == 0);
}

#[test]
fn a_relying_party_is_the_origin_of_its_addresses() {
    for (address, origin, id) in [
        ("https://hall.example.gov.cn", "https://hall.example.gov.cn", "hall.example.gov.cn"),
        ("https://Hall.example:443/base", "https://hall.example", "hall.example"),
        ("http://localhost:8180/", "http://localhost:8180", "localhost"),
        ("http://localhost:80", "http://localhost", "localhost"),
        ("http://[::1]:8180", "http://[::1]:8180", "[::1]"),
    ] {
        let rp = RelyingParty::of(address);
        assert_eq!((rp.origin(), rp.id()), (origin, id), "{address}");
    }
    let takes = |address| RelyingParty::of(address).takes_passkeys();
    assert!(takes("https://hall.example") && takes("http://localhost:8180"));
    assert!(!takes("http://hall.example") && !takes("http://127.0.0.1:8180") && !takes("http://[::1]:8180"));
}

/// An authenticator of our own.
struct Token {
    pair: EcdsaKeyPair,
    rng: SystemRandom,
}

impl Token {
    #[expect(clippy::disallowed_methods, reason = "a test may ask for random numbers")]
    fn new() -> Self {
        let rng = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng).unwrap();
        Self { pair: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, made.as_ref(), &rng).unwrap(), rng }
    }

    fn spki(&self) -> Vec<u8> {
        spki(self.pair.public_key().as_ref())
    }

    fn assert(&self, client_data: Vec<u8>, authenticator_data: Vec<u8>) -> Assertion {
        let signed = [&authenticator_data[..], Digest::of(&client_data).as_bytes()].concat();
        let signature = self.pair.sign(&self.rng, &signed).unwrap().as_ref().to_vec();
        Assertion { client_data, authenticator_data, signature }
    }
}

fn client_data(ceremony: &str, challenge: &Digest, origin: &str, more: &str) -> Vec<u8> {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(challenge.as_bytes());
    format!("{{\"type\":\"{ceremony}\",\"challenge\":\"{challenge}\",\"origin\":\"{origin}\"{more}}}").into_bytes()
}

fn data(id: &str, flags: u8, rest: &[u8]) -> Vec<u8> {
    [Digest::of(id.as_bytes()).as_bytes(), &[flags][..], &7u32.to_be_bytes(), rest].concat()
}

const GET: &str = "webauthn.get";
const ORIGIN: &str = "https://example.org";

#[test]
fn an_assertion_is_for_this_challenge_page_and_person() {
    let (token, rp) = (Token::new(), example());
    let (spki, challenge) = (token.spki(), Digest::of(b"statement"));
    let key = PasskeyKey { spki: &spki, backup_eligible: false };
    let judge = |client: Vec<u8>, data: Vec<u8>| verify(&rp, &challenge, key, &token.assert(client, data));
    let good = || client_data(GET, &challenge, ORIGIN, "");
    let seen = || data("example.org", PRESENT | VERIFIED, b"");
    assert_eq!(judge(good(), seen()), Ok(7));
    let more = ",\"crossOrigin\":false,\"other\":{\"a\":[1]}";
    assert_eq!(judge(client_data(GET, &challenge, ORIGIN, more), seen()), Ok(7), "members we do not know");
    assert_eq!(judge(good(), data("example.org", PRESENT | VERIFIED | EXTENSIONS, b"\xa0")), Ok(7), "not read");

    use PasskeyError::*;
    let client = |ceremony, origin, more| client_data(ceremony, &challenge, origin, more);
    for (client, wanted) in [
        (client("webauthn.create", ORIGIN, ""), Ceremony),
        (client(GET, ORIGIN, ",\"crossOrigin\":true"), Ceremony),
        (client(GET, ORIGIN, ",\"topOrigin\":\"https://evil.example\""), Ceremony),
        (client_data(GET, &Digest::of(b"another document"), ORIGIN, ""), Challenge),
        (client(GET, "https://example.org.evil.example", ""), Origin),
        (client(GET, "https://sub.example.org", ""), Origin),
        (client(GET, "http://example.org", ""), Origin),
        (client(GET, ORIGIN, ",\"type\":\"webauthn.get\""), ClientData),
        (b"{}".to_vec(), ClientData),
        (b"\xff".to_vec(), ClientData),
        (Vec::new(), Length),
        (vec![b' '; MAX_CLIENT_DATA + 1], Length),
    ] {
        assert_eq!(judge(client.clone(), seen()), Err(wanted), "{}", String::from_utf8_lossy(&client));
    }
    for (data, wanted) in [
        (data("evil.example", PRESENT | VERIFIED, b""), RelyingParty),
        (data("example.org", VERIFIED, b""), NotPresent),
        (data("example.org", PRESENT, b""), NotVerified),
        (data("example.org", PRESENT | VERIFIED | BACKUP_ELIGIBLE, b""), Backup),
        (data("example.org", PRESENT | VERIFIED | BACKED_UP, b""), Backup),
        (data("example.org", PRESENT | VERIFIED, b"x"), AuthenticatorData),
        (data("example.org", PRESENT | VERIFIED | CREDENTIAL, b""), AuthenticatorData),
        (seen()[..36].to_vec(), AuthenticatorData),
        (Vec::new(), AuthenticatorData),
        (vec![0; MAX_AUTHENTICATOR_DATA + 1], Length),
    ] {
        assert_eq!(judge(good(), data.clone()), Err(wanted), "{}", hex::encode(data));
    }
    // Any other byte of what was signed, another key, no signature.
    let assertion = token.assert(good(), seen());
    let again = |assertion: &Assertion, key| verify(&rp, &challenge, key, assertion);
    for at in 0..assertion.signature.len() {
        let mut other = assertion.clone();
        other.signature[at] ^= 1;
        assert_eq!(again(&other, key), Err(Signature), "{at}");
    }
    let mut counted = assertion.clone();
    counted.authenticator_data[36] ^= 1;
    assert_eq!(again(&counted, key), Err(Signature), "another counter");
    assert_eq!(again(&Assertion { signature: Vec::new(), ..assertion.clone() }, key), Err(Length));
    assert_eq!(again(&Assertion { signature: vec![1; 600], ..assertion.clone() }, key), Err(Length));
    let other = Token::new().spki();
    assert_eq!(again(&assertion, PasskeyKey { spki: &other, ..key }), Err(Signature));
    assert_eq!(again(&assertion, PasskeyKey { spki: b"no key", ..key }), Err(Key));
}

#[test]
fn a_registration_is_cut_nowhere_and_of_a_key_we_know() {
    let (rp, challenge, key) = (example(), Digest::of(b"challenge"), Token::new().spki());
    let flags = PRESENT | VERIFIED | CREDENTIAL;
    let credential = |length: u16, id: &[u8]| [&[0; 16][..], &length.to_be_bytes(), id].concat();
    let judge = |data: Vec<u8>, spki: &[u8]| {
        let client_data = client_data("webauthn.create", &challenge, ORIGIN, "");
        register(&rp, &challenge, &Registration { client_data, authenticator_data: data, spki: spki.to_vec() })
    };
    let good = data("example.org", flags, &credential(3, b"abc"));
    assert_eq!(judge(good.clone(), &key).unwrap().credential, b"abc");
    use PasskeyError::*;
    for length in 0..good.len() {
        assert!(judge(good[..length].to_vec(), &key).is_err(), "{length}");
    }
    assert_eq!(judge(data("example.org", flags, &credential(0, b"")), &key), Err(Length));
    assert_eq!(judge(data("example.org", flags, &credential(1024, &[1; 1024])), &key), Err(Length));
    assert_eq!(judge(data("example.org", flags ^ VERIFIED, &credential(3, b"abc")), &key), Err(NotVerified));
    assert_eq!(judge(data("example.org", flags ^ CREDENTIAL, b""), &key), Err(AuthenticatorData));
    assert_eq!(judge(good.clone(), &[1; MAX_KEY + 1]), Err(Length));
    // P-384: a key, but none of the two kinds asked for.
    let p384 = [&bytes("3076301006072a8648ce3d020106052b81040022036200")[..], &[4; 97]].concat();
    assert_eq!(judge(good, &p384), Err(Key));
}

#[test]
fn hostile_bytes_make_no_panic() {
    let (rp, challenge, spki) = (example(), Digest::of(b"statement"), Token::new().spki());
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |most: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % most
    };
    let good = data("example.org", PRESENT | VERIFIED | CREDENTIAL, &[0; 40]);
    for _ in 0..20_000 {
        let mut authenticator_data = good.clone();
        for _ in 0..random(4) {
            let at = random(authenticator_data.len() as u64) as usize;
            authenticator_data[at] = random(256) as u8;
        }
        authenticator_data.truncate(random(100) as usize);
        let mut client_data = client_data("webauthn.create", &challenge, ORIGIN, "");
        let at = random(client_data.len() as u64) as usize;
        client_data[at] = random(256) as u8;
        let assertion = Assertion {
            client_data: client_data.clone(),
            authenticator_data: authenticator_data.clone(),
            signature: vec![0x30; random(80) as usize],
        };
        let _ = verify(&rp, &challenge, PasskeyKey { spki: &spki, backup_eligible: false }, &assertion);
        let _ = register(&rp, &challenge, &Registration { client_data, authenticator_data, spki: spki.clone() });
    }
}
