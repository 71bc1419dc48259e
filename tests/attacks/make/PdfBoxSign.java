// Signs a PDF with PDFBox and Bouncy Castle: in out keystore.p12 [visible|certify|extern]
import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.util.*;
import org.apache.pdfbox.cos.*;
import org.apache.pdfbox.pdmodel.*;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.*;
import org.bouncycastle.cert.jcajce.*;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;
import org.bouncycastle.operator.jcajce.*;

public class PdfBoxSign {
    public static void main(String[] a) throws Exception {
        char[] pass = "corpus".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new FileInputStream(a[2]), pass);
        String alias = store.aliases().nextElement();
        PrivateKey key = (PrivateKey) store.getKey(alias, pass);
        java.security.cert.Certificate[] chain = store.getCertificateChain(alias);
        boolean certify = a.length > 3 && a[3].equals("certify");
        PDDocument document = PDDocument.load(new File(a[0]));
        PDSignature signature = new PDSignature();
        signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
        signature.setSubFilter(PDSignature.SUBFILTER_ADBE_PKCS7_DETACHED);
        signature.setName("Signer");
        signature.setReason("Agreed");
        Calendar at = new GregorianCalendar(TimeZone.getTimeZone("UTC"));
        at.setTimeInMillis(1795140000000L);
        signature.setSignDate(at);
        if (certify) {
            COSDictionary params = new COSDictionary();
            params.setItem(COSName.TYPE, COSName.getPDFName("TransformParams"));
            params.setInt(COSName.P, 2);
            params.setName(COSName.V, "1.2");
            COSDictionary reference = new COSDictionary();
            reference.setItem(COSName.TYPE, COSName.getPDFName("SigRef"));
            reference.setItem("TransformMethod", COSName.DOCMDP);
            reference.setItem("TransformParams", params);
            COSArray references = new COSArray();
            references.add(reference);
            signature.getCOSObject().setItem("Reference", references);
            COSDictionary perms = new COSDictionary();
            document.getDocumentCatalog().getCOSObject().setItem(COSName.PERMS, perms);
            perms.setItem(COSName.DOCMDP, signature);
            document.getDocumentCatalog().getCOSObject().setNeedToBeUpdated(true);
            perms.setNeedToBeUpdated(true);
        }
        SignatureOptions options = new SignatureOptions();
        options.setPreferredSignatureSize(4000);
        document.addSignature(signature, content -> {
            try {
                CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
                generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                    .build(new JcaContentSignerBuilder("SHA256with" + (key.getAlgorithm().equals("RSA") ? "RSA" : "ECDSA")).build(key),
                           (X509Certificate) chain[0]));
                generator.addCertificates(new JcaCertStore(Arrays.asList(chain)));
                return generator.generate(new CMSProcessableByteArray(content.readAllBytes()), false).getEncoded();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }, options);
        try (OutputStream out = new FileOutputStream(a[1])) {
            document.saveIncremental(out);
        }
        document.close();
    }
}
