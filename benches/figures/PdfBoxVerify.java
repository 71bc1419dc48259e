// Verifications a second by PDFBox and Bouncy Castle: FILE [SECONDS a round]. Digest, signed attributes, signature; no chain, no changes.
import java.nio.file.*;
import java.util.*;
import org.apache.pdfbox.pdmodel.*;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.*;
import org.bouncycastle.cert.*;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;

public class PdfBoxVerify {
    static void verify(byte[] bytes) throws Exception {
        try (PDDocument document = PDDocument.load(bytes)) {
            List<PDSignature> signatures = document.getSignatureDictionaries();
            if (signatures.isEmpty()) throw new IllegalStateException("no signature");
            for (PDSignature one : signatures) {
                CMSSignedData data = new CMSSignedData(new CMSProcessableByteArray(one.getSignedContent(bytes)), one.getContents(bytes));
                for (SignerInformation signer : data.getSignerInfos().getSigners()) {
                    X509CertificateHolder certificate = (X509CertificateHolder) data.getCertificates().getMatches(signer.getSID()).iterator().next();
                    if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(certificate))) throw new IllegalStateException("not valid");
                }
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        byte[] bytes = Files.readAllBytes(Path.of(arguments[0]));
        // The compiler of the virtual machine needs to have seen it all before a round counts.
        round(bytes, 5);
        double[] rounds = new double[5];
        for (int i = 0; i < rounds.length; i++) rounds[i] = round(bytes, 2);
        Arrays.sort(rounds);
        System.out.println(rounds[rounds.length / 2]);
    }

    static double round(byte[] bytes, double seconds) throws Exception {
        long begun = System.nanoTime(), count = 0;
        while ((System.nanoTime() - begun) / 1e9 < seconds) {
            verify(bytes);
            count++;
        }
        return count / ((System.nanoTime() - begun) / 1e9);
    }
}
