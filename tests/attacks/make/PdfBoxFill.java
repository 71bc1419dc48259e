// Fills in a form with PDFBox: in out name=value...
import java.io.*;
import java.util.*;
import org.apache.pdfbox.pdmodel.*;
import org.apache.pdfbox.pdmodel.interactive.form.*;

public class PdfBoxFill {
    public static void main(String[] a) throws Exception {
        try (PDDocument document = PDDocument.load(new File(a[0])); OutputStream out = new FileOutputStream(a[1])) {
            PDAcroForm form = document.getDocumentCatalog().getAcroForm(null);
            document.getDocumentCatalog().getCOSObject().setNeedToBeUpdated(true);
            form.getCOSObject().setNeedToBeUpdated(true);
            for (String entry : Arrays.copyOfRange(a, 2, a.length)) {
                String[] pair = entry.split("=", 2);
                PDField field = form.getField(pair[0]);
                field.setValue(pair[1]);
                field.getCOSObject().setNeedToBeUpdated(true);
                for (var widget : field.getWidgets()) {
                    widget.getCOSObject().setNeedToBeUpdated(true);
                    widget.getAppearance().getCOSObject().setNeedToBeUpdated(true);
                    if (widget.getAppearance().getNormalAppearance().isStream()) {
                        widget.getAppearance().getNormalAppearance().getAppearanceStream().getCOSObject().setNeedToBeUpdated(true);
                    }
                }
            }
            document.saveIncremental(out);
        }
    }
}
