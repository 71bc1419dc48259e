//! Small alterations of a sealed document, each with the rules that must find it.

use lopdf::{Dictionary, Object, ObjectId, Stream, StringFormat, dictionary};

use super::file::File;

type Alteration = (&'static str, &'static [&'static str], fn(&mut File));

fn name(text: &str) -> Object {
    Object::Name(text.as_bytes().to_vec())
}

fn string(text: &str) -> Object {
    Object::String(text.as_bytes().to_vec(), StringFormat::Literal)
}

fn add(file: &mut File, object: impl Into<Object>) -> Object {
    Object::Reference(file.pdf.add_object(object))
}

fn catalog(file: &mut File) -> &mut Dictionary {
    file.pdf.catalog_mut().unwrap()
}

/// The first object of which `is` holds, to be altered.
fn find(file: &File, is: impl Fn(&File, &Dictionary) -> bool) -> ObjectId {
    let mut objects = file.pdf.objects.iter();
    let found = objects.find(|(_, object)| super::file::as_dict(object).is_some_and(|dict| is(file, dict)));
    *found.expect("an object to alter").0
}

fn dict_of(file: &mut File, id: ObjectId) -> &mut Dictionary {
    match file.pdf.get_object_mut(id).unwrap() {
        Object::Dictionary(dict) => dict,
        Object::Stream(stream) => &mut stream.dict,
        other => panic!("{other:?}"),
    }
}

fn of_type(file: &File, key: &str, value: &str) -> ObjectId {
    find(file, |file, dict| file.name(dict, key) == value)
}

fn widget(file: &mut File) -> &mut Dictionary {
    let id = of_type(file, "Subtype", "Widget");
    dict_of(file, id)
}

fn page(file: &mut File) -> &mut Dictionary {
    let id = file.pdf.page_iter().next().unwrap();
    dict_of(file, id)
}

fn signature(file: &mut File) -> &mut Dictionary {
    let id = of_type(file, "Type", "Sig");
    dict_of(file, id)
}

fn seal_form(file: &File) -> ObjectId {
    find(file, |file, dict| {
        file.name(dict, "Subtype") == "Form"
            && file.dict(dict, "Resources").is_some_and(|resources| resources.has(b"ExtGState"))
    })
}

/// The graphics state of a seal.
fn state(file: &mut File) -> &mut Dictionary {
    let id = seal_form(file);
    let resources = dict_of(file, id).get_mut(b"Resources").unwrap().as_dict_mut().unwrap();
    let states = resources.get_mut(b"ExtGState").unwrap().as_dict_mut().unwrap();
    states.get_mut(b"Multiply").unwrap().as_dict_mut().unwrap()
}

/// Puts operators before those of a seal.
fn draw(file: &mut File, operators: &str) {
    let id = seal_form(file);
    let stream = file.pdf.get_object_mut(id).unwrap().as_stream_mut().unwrap();
    let content = [operators.as_bytes(), b"\n", &stream.get_plain_content().unwrap()].concat();
    stream.dict.remove(b"Filter");
    stream.set_content(content);
}

fn metadata(file: &mut File, from: &str, to: &str) {
    let id = of_type(file, "Type", "Metadata");
    let stream = file.pdf.get_object_mut(id).unwrap().as_stream_mut().unwrap();
    let text = String::from_utf8(stream.content.clone()).unwrap();
    assert!(text.contains(from), "{from} is not in the metadata");
    stream.set_content(text.replace(from, to).into_bytes());
}

fn intent(file: &mut File) -> &mut Dictionary {
    let id = of_type(file, "S", "GTS_PDFA1");
    dict_of(file, id)
}

/// A form or an image that nothing draws.
fn xobject(file: &mut File, entries: Dictionary) {
    let mut dict = dictionary! { "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1 };
    entries.iter().for_each(|(key, value)| dict.set(key.clone(), value.clone()));
    add(file, Stream::new(dict, vec![0]));
}

fn optional_content(file: &mut File, default: Dictionary, other: Dictionary) {
    let properties =
        dictionary! { "OCGs" => Vec::<Object>::new(), "D" => default, "Configs" => vec![Object::Dictionary(other)] };
    catalog(file).set("OCProperties", properties);
}

const TRAILER: &[&str] = &["6.1.3 trailer"];
const STREAMS: &[&str] = &["6.1.7.1 streams"];
const FILTERS: &[&str] = &["6.1.7.2 filters"];
const PERMISSIONS: &[&str] = &["6.1.12 permissions"];
const LIMITS: &[&str] = &["6.1.13 limits"];
const CONTENT: &[&str] = &["6.2.2 content"];
const INTENT: &[&str] = &["6.2.3 output intent"];
const COLOURS: &[&str] = &["6.2.4.3 device colours"];
const STATES: &[&str] = &["6.2.5 graphics states"];
const RENDERING: &[&str] = &["6.2.6 rendering intents"];
const IMAGES: &[&str] = &["6.2.8 images"];
const FORMS: &[&str] = &["6.2.9 forms"];
const TRANSPARENCY: &[&str] = &["6.2.10 transparency"];
const FONTS: &[&str] = &["6.2.11 fonts"];
const TYPES: &[&str] = &["6.3.1 annotation types"];
const FLAGS: &[&str] = &["6.3.2 annotation flags"];
const APPEARANCES: &[&str] = &["6.3.3 appearances"];
const FORM: &[&str] = &["6.4.1 form"];
const XFA: &[&str] = &["6.4.2 XFA"];
const SIGNATURES: &[&str] = &["6.4.3 signatures"];
const ACTIONS: &[&str] = &["6.5.1 actions"];
const TRIGGERS: &[&str] = &["6.5.2 triggers"];
const METADATA: &[&str] = &["6.6.2 metadata"];
const INFORMATION: &[&str] = &["6.6.3 information"];
const IDENTIFICATION: &[&str] = &["6.6.4 identification"];
const EMBEDDED: &[&str] = &["6.8 embedded files"];
const OPTIONAL: &[&str] = &["6.9 optional content"];

pub(super) const ALTERATIONS: &[Alteration] = &[
    ("another version", &["6.1.2 header"], |f| f.bytes[5] = b'2'),
    ("no binary comment", &["6.1.2 header"], |f| f.bytes[10] = b'a'),
    ("encrypted", TRAILER, |f| f.pdf.trailer.set("Encrypt", dictionary! {})),
    ("no identifier", TRAILER, |f| drop(f.pdf.trailer.remove(b"ID"))),
    ("a new identifier", TRAILER, |f| f.pdf.trailer.set("ID", vec![string("new"), string("new")])),
    ("data after the end", &["6.1.3 trailer", "6.4.3 signatures"], |f| f.bytes.extend(b"more\n")),
    ("data elsewhere", STREAMS, |f| xobject(f, dictionary! { "F" => string("a.png") })),
    ("a wrong length", STREAMS, |f| {
        let id = seal_form(f);
        dict_of(f, id).set("Length", 7);
    }),
    ("LZW", FILTERS, |f| xobject(f, dictionary! { "Filter" => "LZWDecode" })),
    ("a crypt filter", FILTERS, |f| xobject(f, dictionary! { "Filter" => vec![name("FlateDecode"), name("Crypt")] })),
    ("a name in Latin-1", &["6.1.8 names"], |f| widget(f).set("TM", Object::Name(vec![0xe9]))),
    ("usage rights", PERMISSIONS, |f| {
        let mut permissions = f.dict(f.catalog(), "Perms").unwrap().clone();
        permissions.set("UR", dictionary! {});
        catalog(f).set("Perms", permissions);
    }),
    ("a digest in a signature reference", PERMISSIONS, |f| {
        let reference = dictionary! { "TransformMethod" => "DocMDP", "DigestMethod" => "SHA256" };
        signature(f).set("Reference", vec![Object::Dictionary(reference)]);
    }),
    ("a long integer", LIMITS, |f| widget(f).set("MaxLen", 2_147_483_648_i64)),
    ("a long real number", LIMITS, |f| widget(f).set("BS", Object::Real(f32::INFINITY))),
    ("a long name", LIMITS, |f| widget(f).set("TM", name(&"a".repeat(128)))),
    ("a long key", LIMITS, |f| widget(f).set("a".repeat(128), 1)),
    ("a long string", LIMITS, |f| widget(f).set("TU", string(&"a".repeat(32_768)))),
    ("29 nested states", LIMITS, |f| draw(f, &format!("{}{}", "q ".repeat(29), "Q ".repeat(29)))),
    ("a page of two points", LIMITS, |f| {
        page(f).set("CropBox", vec![0.into(), 0.into(), 2.into(), 800.into()]);
    }),
    ("an unknown operator", CONTENT, |f| draw(f, "1 0 0 shade")),
    ("a font of the page, in a form", CONTENT, |f| draw(f, "BT /f0 9 Tf ET")),
    ("no resources", CONTENT, |f| {
        let id = seal_form(f);
        dict_of(f, id).remove(b"Resources");
    }),
    ("no output intent", &["6.2.3 output intent", "6.2.4.3 device colours", "6.2.10 transparency"], |f| {
        drop(catalog(f).remove(b"OutputIntents"))
    }),
    ("an output intent without a condition", INTENT, |f| drop(intent(f).remove(b"OutputConditionIdentifier"))),
    ("two output intents", INTENT, |f| {
        let one = f.array(f.catalog(), "OutputIntents")[0].clone();
        catalog(f).set("OutputIntents", vec![one.clone(), one]);
    }),
    ("a profile of four components that has three", &["6.2.4.2 profiles"], |f| {
        let mut bytes = vec![0; 128];
        bytes[8] = 4;
        bytes[16..20].copy_from_slice(b"RGB ");
        bytes[36..40].copy_from_slice(b"acsp");
        let profile = add(f, Stream::new(dictionary! { "N" => 4 }, bytes));
        add(f, vec![name("ICCBased"), profile]);
    }),
    ("printers' colours", COLOURS, |f| draw(f, "0 1 1 0 k")),
    ("printers' colours in an image", COLOURS, |f| xobject(f, dictionary! { "ColorSpace" => "DeviceCMYK" })),
    ("a transfer function", STATES, |f| state(f).set("TR", "Identity")),
    ("another transfer function", STATES, |f| state(f).set("TR2", "Identity")),
    ("an unknown rendering intent", RENDERING, |f| draw(f, "/Vivid ri")),
    ("an unknown rendering intent of an image", RENDERING, |f| xobject(f, dictionary! { "Intent" => "Vivid" })),
    ("alternates of an image", IMAGES, |f| xobject(f, dictionary! { "Alternates" => Vec::<Object>::new() })),
    ("an image to be smoothed", IMAGES, |f| xobject(f, dictionary! { "Interpolate" => true })),
    ("a reference to another file", FORMS, |f| {
        let id = seal_form(f);
        dict_of(f, id).set("Ref", dictionary! {});
    }),
    ("PostScript", FORMS, |f| xobject(f, dictionary! { "Subtype" => "PS" })),
    ("an unknown blend mode", TRANSPARENCY, |f| state(f).set("BM", "Burn")),
    ("more than opaque", TRANSPARENCY, |f| state(f).set("ca", Object::Real(1.5))),
    ("an isolated seal", &["the seal meets the page"], |f| {
        // What a field shows is the appearance of its last revision.
        let id = widget(f).get(b"AP").unwrap().as_dict().unwrap().get(b"N").unwrap().as_reference().unwrap();
        dict_of(f, id).set("Group", dictionary! { "S" => "Transparency", "I" => true });
    }),
    ("a font that is not embedded", FONTS, |f| {
        let id = of_type(f, "Type", "FontDescriptor");
        for key in ["FontFile", "FontFile2", "FontFile3"] {
            dict_of(f, id).remove(key.as_bytes());
        }
    }),
    ("a font of another machine's encoding", FONTS, |f| {
        let id = of_type(f, "Subtype", "Type0");
        dict_of(f, id).set("Encoding", "GBK-EUC-H");
    }),
    ("one of the fourteen fonts", FONTS, |f| {
        add(f, dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    }),
    ("a film", TYPES, |f| widget(f).set("Subtype", "Movie")),
    ("not printed", FLAGS, |f| widget(f).set("F", 128)),
    ("hidden", FLAGS, |f| widget(f).set("F", 4 + 2)),
    ("not viewed", FLAGS, |f| widget(f).set("F", 4 + 32)),
    ("seen by turns", FLAGS, |f| widget(f).set("F", 4 + 256)),
    ("no flags", FLAGS, |f| drop(widget(f).remove(b"F"))),
    ("no appearance", APPEARANCES, |f| drop(widget(f).remove(b"AP"))),
    ("an appearance under the mouse", APPEARANCES, |f| {
        let normal = widget(f).get(b"AP").unwrap().as_dict().unwrap().get(b"N").unwrap().clone();
        widget(f).set("AP", dictionary! { "N" => normal.clone(), "R" => normal });
    }),
    ("appearances by state", APPEARANCES, |f| {
        let normal = widget(f).get(b"AP").unwrap().as_dict().unwrap().get(b"N").unwrap().clone();
        widget(f).set("AP", dictionary! { "N" => dictionary! { "Off" => normal } });
    }),
    ("appearances to be made by the viewer", FORM, |f| {
        let id = find(f, |_, dict| dict.has(b"SigFlags"));
        dict_of(f, id).set("NeedAppearances", true);
    }),
    ("a field that leads somewhere", FORM, |f| {
        widget(f).set("A", dictionary! { "S" => "URI", "URI" => string("https://example.cn") });
    }),
    ("a form in XML", XFA, |f| {
        let id = find(f, |_, dict| dict.has(b"SigFlags"));
        dict_of(f, id).set("XFA", string("<xfa/>"));
    }),
    ("pages made by the viewer", XFA, |f| catalog(f).set("NeedsRendering", true)),
    ("a signature of a part", SIGNATURES, |f| {
        let range = signature(f).get_mut(b"ByteRange").unwrap().as_array_mut().unwrap();
        range[3] = (range[3].as_i64().unwrap() - 1).into();
    }),
    ("a gap beside the value", SIGNATURES, |f| signature(f).set("Contents", string("another"))),
    ("a signature of another kind", SIGNATURES, |f| signature(f).set("SubFilter", "adbe.x509.rsa_sha1")),
    ("bytes that no signature covers", SIGNATURES, |f| f.bytes.extend(b"%%EOF\n")),
    ("a script when it is opened", ACTIONS, |f| {
        catalog(f).set("OpenAction", dictionary! { "S" => "JavaScript", "JS" => string("app.alert(1)") });
    }),
    ("a program to be started", ACTIONS, |f| catalog(f).set("OpenAction", dictionary! { "S" => "Launch" })),
    ("a scripts' tree", ACTIONS, |f| catalog(f).set("Names", dictionary! { "JavaScript" => dictionary! {} })),
    ("printing by itself", ACTIONS, |f| {
        catalog(f).set("OpenAction", dictionary! { "S" => "Named", "N" => "Print" });
    }),
    ("a trigger of the document", TRIGGERS, |f| catalog(f).set("AA", dictionary! {})),
    ("a trigger of a field", TRIGGERS, |f| widget(f).set("AA", dictionary! {})),
    ("no metadata", &["6.6.2 metadata", "6.6.3 information", "6.6.4 identification"], |f| {
        catalog(f).remove(b"Metadata");
    }),
    ("compressed metadata", METADATA, |f| {
        let id = of_type(f, "Type", "Metadata");
        let stream = f.pdf.get_object_mut(id).unwrap().as_stream_mut().unwrap();
        stream.allows_compression = true;
        stream.compress().unwrap();
    }),
    ("metadata in another encoding", METADATA, |f| metadata(f, " id=\"W5M0", " encoding=\"UTF-8\" id=\"W5M0")),
    ("another title", INFORMATION, |f| {
        let id = f.pdf.trailer.get(b"Info").unwrap().as_reference().unwrap();
        dict_of(f, id).set("Title", string("another"));
    }),
    ("made at another time", INFORMATION, |f| {
        let id = f.pdf.trailer.get(b"Info").unwrap().as_reference().unwrap();
        dict_of(f, id).set("CreationDate", string("D:20200101000000Z"));
    }),
    ("another part", IDENTIFICATION, |f| metadata(f, "<pdfaid:part>2<", "<pdfaid:part>3<")),
    ("no level", IDENTIFICATION, |f| metadata(f, "pdfaid:conformance>", "pdfaid:level>")),
    ("an attachment", EMBEDDED, |f| drop(add(f, dictionary! { "Type" => "Filespec", "EF" => dictionary! {} }))),
    ("a tree of attachments", EMBEDDED, |f| {
        catalog(f).set("Names", dictionary! { "EmbeddedFiles" => dictionary! {} });
    }),
    ("layers without a name", OPTIONAL, |f| {
        optional_content(f, dictionary! {}, dictionary! { "Name" => string("b") });
    }),
    ("layers of one name", OPTIONAL, |f| {
        optional_content(f, dictionary! { "Name" => string("a") }, dictionary! { "Name" => string("a") });
    }),
    ("layers that change by themselves", OPTIONAL, |f| {
        let acting = dictionary! { "Name" => string("b"), "AS" => Vec::<Object>::new() };
        optional_content(f, dictionary! { "Name" => string("a") }, acting);
    }),
    ("a slide show", &["6.10 presentations"], |f| page(f).set("PresSteps", dictionary! {})),
    ("what a reader must be able to do", &["6.11 requirements"], |f| {
        catalog(f).set("Requirements", Vec::<Object>::new());
    }),
];
