# What is said in a refusal: what is wrong, what was given, what would be right, why. For bookkeepers and technicians.
# problem-<slug> belongs to the registry of src/http/problem.rs, invalid-<code> to the rules of values.
# $field, $value and $expected are always there (perhaps empty); others only where every use of the slug brings them.
# Amounts are whole numbers of the batch's unit (grams or pieces).

# The request itself
problem-malformed-json = What arrived is not complete JSON: { $value }. Please check brackets, quotes and commas.
problem-wrong-type = { $field } cannot be given like this; we received: { $value }. Expected: { $expected }.
problem-missing-field = Please fill in: { $field }.
problem-unknown-field = There is no entry called { $field } here. Possible are: { $expected }.
problem-duplicate-field = { $field } stands twice; it may stand only once.
problem-invalid-value = { $field } is “{ $value }”, which breaks its rule. Expected: { $expected }.
problem-bad-address = This address is not a valid code; a character may be missing or one too many. Please scan again, or type what stands on the label.
problem-bad-parameter = The parameter { $field } of the address is not right; we received “{ $value }”. Expected: { $expected }.
problem-bad-header = The header { $field } is not right; we received “{ $value }”. Expected: { $expected }.
problem-bad-import = This file cannot be imported. The trouble is at { $field }, which says “{ $value }”; expected: { $expected }.
problem-table-unreadable = { $value ->
    [pdf] This is a PDF, no table. It belongs beside the report; the figures come as XLSX or CSV.
    [picture] This is a picture, no table. Save the figures as XLSX or CSV.
    [old] This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a password, or as CSV.
    [locked] This file is locked with a password. Save it without one.
    [macros] This workbook has macros. Save it as an ordinary workbook (.xlsx), or as CSV.
   *[zip] This file is damaged, or no workbook. Open it in the spreadsheet program and save it as .xlsx or CSV.
  }
problem-table-too-large = { $what ->
    [columns] This table has too many columns: it goes on to { $value }, where at most { $expected } columns are taken.
    [rows] This table has too many rows: it goes on in row { $value }, where at most { $expected } are taken, the head among them.
    [texts] This workbook has too many different texts, { $value }; at most { $expected } are taken. Copy the results into a workbook of their own.
    [styles] This workbook has too many styles, { $value }; at most { $expected } are taken. Copy the results into a workbook of their own, or save them as CSV.
    [members] This workbook has too many parts, { $value }; at most { $expected } are taken. Copy the results into a workbook of their own.
   *[size] This table is too large: { $value }, where at most { $expected } are taken.
  }
problem-table-formula = Cell { $value } holds a formula. Paste the figures as values (“paste special”), save the file, and choose it again.
problem-table-merged = The cells { $value } are merged. Take the merge back, so that every cell stands for itself, and choose the file again.
problem-table-long = Cell { $value } holds more than { $expected } characters. Shorten it, or take it out of the table, and choose the file again.
problem-table-format = Cell { $value } is shown as something else than the number it holds, as a percentage, a date, or with signs that belong to its format alone. Give the cell the format “General” or “Number”, look at what stands there then, and choose the file again.
problem-table-column = The table has no column “{ $value }”. Its head says: { $expected }. The template shows how columns are called.
problem-table-no-figure = { $field } says “{ $value }”. The limit of detection or quantification belongs there, as a number; “not detected” belongs in the column for it.
problem-table-units = Units contradict each other: the column “{ $value }”, and “{ $expected }”. Value and limit are given in one unit; convert one of them and choose the file again.
problem-table-qualifier = { $field } says “{ $value }”, and the result beside it says that a value was measured. Write the measured value, or that the result is below the limit of quantification.
problem-table-hidden = Rows or columns of the table are hidden: { $value }. Show them or delete them, and choose the file again.
problem-table-strange-column = The column “{ $value }” is not known. Give it a name of the template, or delete it.
problem-table-sample = The table has no row of the sample { $value }. The samples in it are: { $expected }.
problem-unauthorised = You are not signed in, or no longer. Please sign in again; if you use a key, please check it.
problem-log-in-first = Nobody is logged in here, or the session has ended. Log in, then try again.
problem-suspended = Your organisation has been suspended since { $since }: { $reason } It can read and export, and record nothing until the operator lifts it.
problem-out-of-scope = This key was made for less: it may not do this. Use a key that may; a manager makes one under API keys.
problem-not-your-task = Your organisation may do this, but not every member. Ask a manager of yours.
problem-form-expired = This form belongs to an earlier session. Load the page anew and send it again.
problem-forbidden = Your organisation may not take this step. Who may do what is fixed; only laboratories report results, for instance.
problem-not-found = No such entry { $value } was found; please check the address and the number. What other organisations have not opened to you cannot be found here either.
problem-method-not-allowed = This address does not take requests of this method. Please see the description of the interface.
problem-request-timeout = We waited long, but not everything arrived. Please check the network and send it again.
problem-stale = Since you opened it, somebody else has written a record (number { $seq }). Please open it again and read what is new before you send.
problem-too-large = What you sent is too large and was not taken. Forms may have 512 KiB, photos and files 10 MiB; photos can be made smaller first.
problem-file-too-large = This file is larger than { $expected } and was not taken. Make it smaller (save the PDF in a lower quality, or the photo smaller) and choose it again. Everything else you entered is still here.
problem-unsupported-media-type = Content of the type “{ $value }” is not taken here. Expected: { $expected }.
problem-internal = Something failed on our side; it is not what you entered. Please try again later, and if it stays so, tell us the request number.
problem-busy = Many people are sending just now. Please try again in a few seconds.
problem-database-away = The records cannot be reached just now. Nothing was stored. Please send the same again in a moment.
problem-no-log = This service does not publish a log of its records yet. The records themselves can be downloaded and checked.
problem-no-batches = There is no batch to put into the audit pack. Give another period, or leave from and to away.
problem-pack-too-large = An audit pack holds at most { $expected } batches. Give a shorter period with from and to.
problem-log-sizes = The first size, { $value }, is larger than the second. Give the smaller one as from: { $expected }.
problem-log-stopped = Nothing can be recorded at the moment: the records here are fewer or others than what was published before. Everything can still be read. The operator knows what to do; nothing of yours was stored.
problem-log-unpublished = This was recorded, but could not be published yet. Please send the same again with the same Idempotency-Key in a few seconds.
problem-outcome-unknown = The connection broke while this was being stored, and it is not known yet whether it was. Please send the same again with the same Idempotency-Key, or look first whether it is there.
problem-storage-full = The storage is full or read-only, so nothing new can be recorded; reading goes on. Nothing was stored. Please tell the operator and send the same again later.

# Numbers that are taken
problem-lot-taken = There is a batch { $value } under bar code { $gtin } already. Lot numbers may not repeat under one bar code; please choose another.
problem-gtin-taken = Bar code { $value } is registered already. One bar code stands for one product.
problem-uscc-taken = The credit code { $value } is registered already. One code stands for one organisation.
problem-code-taken = The code { $value } is in use already. Codes of one sort may not repeat; please choose another.
problem-report-number-taken = The report number { $value } is in use already. One number stands for one report.
problem-not-held-by-report = Batch { $lot } is not on hold by report { $value }. Reports that hold it: { $expected }.
problem-retest-by-instrument = Only a third-party report (tier third_party) can clear report { $value }.
problem-retest-by-another = Report { $value } is your own. Another laboratory must test batch { $lot } again.
problem-retest-incomplete = This report does not cover what failed in report { $report }, so batch { $lot } stays on hold. Missing: { $value }.
problem-retests-laboratory-required = Two laboratories gave a report numbered { $report }. Say in retests_laboratory which is meant: { $expected }.
problem-too-many-reports = Batch { $lot } has { $expected } passing reports already and takes no more.

# Amounts and the state of the batch
problem-overdrawn = There is not enough left. You entered { $value }, and there is { $expected }.
problem-outputs-exceed-input = { $value } came out in all, but only { $expected } went in. Outputs, culls and losses together cannot exceed the input.
problem-nothing-to-erase = Nothing was erased: { $value } has no sealed field of that name and place, or more than { $expected } were named at once.
problem-batch-closed = Batch { $lot } is closed; nothing new can be recorded on it. Mistakes can still be corrected.
problem-batch-held = { $reason ->
    [discrepancy] The amounts of batch { $lot } do not add up, so it is on hold. Until a correction closes the gap, it and what was made from it cannot be packed, merged or shipped, nor get a certificate.
   *[other] Batch { $lot } is on hold (test report: { $report }). Until the hold ends, it and what was made from it cannot be packed, merged or shipped, nor get a certificate.
  }
problem-batch-recalled = Batch { $lot } is recalled. It and what was made from it can no longer be packed, merged or shipped, nor get a certificate, nor be recalled again.
problem-batch-not-empty = Batch { $lot } still holds { $left } (returned goods included). Please record first where they went, then close the batch.

# Sprays and harvest
problem-pre-harvest-interval = Plot { $plot } was treated with { $active } on { $sprayed }; the pre-harvest interval is { $interval } days, and picking from { $value } leaves only { $day }. It may be picked from { $expected } on.
problem-implausible-yield = Plot { $plot } would have given { $value_weight } this year, more than the { $expected_weight } that { $ceiling } t/ha allow. Please check the amount; if it is right, confirm the yield (confirm_yield) and send again.
problem-too-many-treatments = { $value } may be applied { $expected } times a season, and this plot has had them this year. The label of the product sets this number.

# Samples and reports
problem-sample-already-received = Sample { $code } was received before; once is enough.
problem-sample-not-received = Sample { $code } was not received yet. Please record its receipt first, then report.
problem-not-accredited = On { $day } this laboratory has no accreditation (CMA) in force, so it cannot give a third-party report. Quick tests can be sent as screening.

problem-handle-taken = The handle { $value } names something already. Please draw another one: 16 random bytes, written as 32 digits 0-9 a-f.
problem-key-taken = The public key { $value } is registered already, or was before it was changed. Please make a new key.
problem-key-revoked = The key { $value } was revoked on { $day }. Nothing more is signed with it; please register a new key.
problem-nonce-used = This key signed with the nonce { $value } before. Each statement has a nonce of its own; please prepare it anew and sign that.

# Brand licences
problem-licence-other-product = Licence { $value } does not cover the product with bar code { $gtin }. Please use another licence, or ask the brand's owner for one.
problem-licence-revoked = Licence { $value } was revoked on { $day }; it cannot be used any more, nor revoked again.
problem-licence-not-in-force = The packing day { $day } lies outside licence { $value }. In force: { $expected }.
problem-licence-quota = Licence { $number } has { $expected } packs left, and this would take { $value }.
problem-own-licence = A brand cannot be licensed to one's own organisation. Please choose another one.

# Certificates
problem-no-passing-report = Batch { $lot } has no passing quantitative report, so no certificate can rest on a test. A quick test does not replace a quantitative one.
problem-not-a-passing-report = { $value } is not a passing report, usable for this basis, of batch { $lot } or of what it was made from. Reports that are: { $expected }.
problem-panel-incomplete = Batch { $lot } was treated with { $value }, which no passing quantitative report covers. The rules for conformity certificates (承诺达标合格证管理办法) say: test for what was used. Please have it tested first.
problem-interval-not-kept = A waiting time of batch { $lot } was not kept: { $active } was applied on plot { $plot } on { $sprayed } and it was picked { $day } days later, { $interval } are required. No promise by quality control can be made for it. Please have it tested; once { $active } has passed, the certificate can rest on the test. If a date is wrong, please correct it first.

# Corrections
problem-correct-first = Batch { $lot } has given { $expected } already; with { $value } its account would not balance. Please correct the listed records first, or in the same request under also. If they are all right, declare discrepancy_g: { $discrepancy }; the batch and what was made from it are then on hold.
problem-no-discrepancy = This correction leaves a difference of { $expected }, so { $value } cannot be declared.
problem-too-many-corrections = At most { $expected } further corrections go with one; there were { $value }.
problem-correct-at-parent = This figure comes from the parent batch { $parent }. Please correct it there.
problem-correct-at-plots = This batch was picked from several plots and its amount is their sum, so it cannot be changed by itself. Please correct it plot by plot.
problem-not-correctable = { $value } cannot be corrected: other records rest on it, or it is itself a correction.
problem-not-the-author = Record number { $value } was written by another organisation. Whoever wrote a record corrects it; test results, for instance, only the laboratory.
problem-nothing-changed = The record says { $value } already; nothing would change.

# Sending and dates
problem-idempotency-key-reused = The Idempotency-Key { $value } was used for something else before. Please use a new one for a new request.
problem-date-in-future = { $value } has not come yet. The latest possible is { $expected }.
problem-packed-before-picked = On { $value } it was not picked yet. Picking began on { $expected }: the day of packing is that day or later.
problem-date-before-season = { $value } is too far back; only about the last year can be recorded. The earliest possible is { $expected }.
problem-window-reversed = The end { $value } is too early; it comes after the beginning. The earliest possible is { $expected }.

# Opening a batch
problem-picking-days-required = A harvest needs the first and last day of picking. The pre-harvest interval is checked by them.
problem-plots-required = A harvest needs its plots: { $expected } of them; you entered { $value }.
problem-plots-only-for-harvest = Only a harvest has plots. For what was bought, gathered or made, please give the site or the origin.
problem-plot-twice = Plot { $value } stands twice. Please put it into one line.
problem-share-required = When several plots were picked, each needs its own amount. { $field } is empty.
problem-shares-differ = The plots add up to { $expected }, and the total you entered is { $value }. The two must be equal.
problem-origin-required = For what you did not pick yourselves, please give the site or the origin.
problem-harvest-is-loose = A harvest is loose goods, but { $value } is the bar code of a pack. Please use the bar code of the loose goods.
problem-unknown-product = No product is registered under bar code { $value }. Please check the number, or register the product first.
problem-unknown-laboratory = { $value } is not a registered laboratory. Please choose one of the laboratories.
problem-unknown-key = { $value } is not a signing key that is registered for whoever signs here. Please check which key made the signature.
problem-bad-signature = The signature in { $field } does not fit what would be recorded. Either another key signed, or something changed since it was prepared. Please prepare it anew ({ $expected }), sign exactly what is answered, and send the same values.
problem-statement-not-normal = Under a signature no text is changed, so it has to come in Unicode normal form ({ $expected }); “{ $value }” does not. Please bring it into that form, then sign.
problem-signed-field-required = { $field } is covered by the signature, so it has to be told. { $expected } answers a value that you can use.
problem-statement-by-old-key = A key is changed by a statement of its own: key must be { $expected } and the signature that of the old private key. If the old one is lost, revoke the key and register a new one.
problem-countersign-required = A key needs the countersignature of an association. { $expected } answers what the association has to sign.
problem-countersign-by-association = { $value } is not the key of an association. Only an association can countersign a key.
problem-not-an-association = { $value } is not an association. The operator admits first keys of associations only; a laboratory registers its own key, countersigned by an association.
problem-unknown-receiver = { $value } cannot be the receiver: it is not registered, or it is your own organisation. A buyer is told by its credit code.
problem-unknown-attachment = This file is not stored here ({ $value }), or its size or type differs. Please upload the file first, then send the record.

# Ranges
problem-amount-range = The amount { $value } of { $field } is out of range. Expected: { $expected }.
problem-area-range = An area of { $value } m² cannot be right. Possible are { $expected } m².
problem-coordinate-range = The coordinate { $value } of { $field } is out of range. It must lie within { $expected } degrees; latitude and longitude may be the wrong way round.
problem-polygon-crosses = The outline of the plot crosses itself: the sides that begin at corners { $value } meet. Please tell the corners in the order in which one walks around the plot.
problem-polygon-corners = The outline of the plot has { $value } corners. It needs { $expected }, or can be left out.
problem-no-grower = A consent to be named needs a name: please tell the grower too, or leave the consent out.
problem-no-consent = The grower of this plot is not named in public now, so there is no consent to withdraw.
problem-interval-range = A pre-harvest interval of { $value } days is too long; { $expected } is the most. Please take it from the product's label.
problem-percent-range = { $field } is { $value }; a percentage is { $expected }.
problem-recall-class = The recall class is { $value }; it must be { $expected }. The food recall rules (食品召回管理办法) have these three, 1 the most severe.

# Grading, splitting, merging, packing
problem-outputs-required = { $field } has { $value } entries. It needs { $expected }.
problem-parents-required = Batches given to merge: { $value }. It takes { $expected }.
problem-parent-twice = Batch { $value } stands twice. Please put it into one line.
problem-parents-differ = Batch { $lot } cannot be merged in. Merged batches are of one product and one grade, and not packed.
problem-too-many-ancestors = { $value } batches stand behind this one; { $expected } is the most. Please merge fewer, or nobody could read where it comes from.
problem-other-unit = Product { $value } does not match this batch: loose or packed, grams or pieces, and net content must agree. Please check the bar code.
problem-other-grade = Under bar code { $value } only “{ $expected }” may be packed, and this batch is “{ $grade }”. Please use another bar code, or grade the batch first.
problem-not-a-pack = Bar code { $value } stands for loose goods, not for a pack. Please use the bar code of a pack.
problem-net-content-required = A pack needs its net content in grams, such as 5000.
problem-packs-are-counted = Packs are counted; please choose pieces as the unit.
problem-gtins-required = A licence names the bar codes it is for: { $expected } of them; you entered { $value }.

# Organisations and test data
problem-uscc-required = Every organisation but a grower needs its credit code, such as { $expected }.
problem-not-a-laboratory = Only laboratories have an accreditation (CMA). This organisation is none; please leave it out.
problem-results-required = The report has { $value } results. It needs { $expected }.
problem-negative-result = The result { $value } is below zero. Below the limit of quantification, choose “below LOQ” and give that limit; not detected, choose “not detected” and give the limit of detection.
problem-verdict-contradicts = With a result of { $value } and a limit of { $limit } the verdict by the figures is “{ $expected ->
    [pass] pass
    [fail] fail
   *[not_judged] not judged
  }”, and yours differs. Please check figures and verdict.
problem-received-before-drawn = The sample was received { $value }, before it was drawn { $expected }. Please check both times.
problem-temperature-reversed = The highest temperature { $value } °C lies below the lowest { $expected } °C. The two may be the wrong way round.
problem-not-a-choice = { $field } cannot be “{ $value }”. Possible are: { $expected }.
problem-wrong-shape = The new value { $value } does not have the form of this entry. Please write it as it was, a whole number for a whole number.
problem-nothing-there = That record has no { $value }. Please check which entry is to be corrected.
problem-record-too-large = This record cannot be kept as it is. A record has at most 256 KiB, a text 4096 bytes, and numbers are whole.
problem-unreadable-record = A stored record cannot be read. This is a fault on our side; please tell us the request number.
problem-file-type = We take photos (JPG, PNG, WebP) and PDF. This file is neither, or is not what its name says.
problem-bad-photo = This photo cannot be used: it does not open, or has more than 40 million pixels. Please take another, or save it smaller as JPEG.

# GTIN and GLN
invalid-gtin-digits = A bar code (GTIN) has only digits ({ $expected }); you entered “{ $value }”.
invalid-gtin-length = The bar code (GTIN) “{ $value }” has the wrong number of digits. It must be one of { $expected }.
invalid-gtin-check-digit = The check digit of bar code “{ $value }” is wrong; by the digits before it, it would be { $expected }. A digit may be mistyped; please compare it with the label.
invalid-gtin-14-digits = In an address the bar code (GTIN) has all 14 digits; this one is “{ $value }”. It should be { $expected }.
invalid-gln-digits = A GLN has only digits ({ $expected }); you entered “{ $value }”.
invalid-gln-length = The GLN “{ $value }” has the wrong number of digits. It must be { $expected }.
invalid-gln-check-digit = The check digit of GLN “{ $value }” is wrong; by the digits before it, it would be { $expected }. Please check it.
invalid-public-key-hex = A public key has 64 digits 0-9 a-f in lower case; you sent “{ $value }”. Expected: { $expected }.
invalid-public-key = “{ $value }” is no Ed25519 public key, or a weak one, or not in its one canonical form. { $expected } makes a key and prints the right one.
invalid-nonce = A nonce is 16 random bytes written as { $expected }; you sent “{ $value }”.
invalid-signature = An Ed25519 signature is written as { $expected }; you sent “{ $value }”.

# Lots, serials and the like
invalid-lot-character = A lot number cannot have “{ $value }”. Possible are: { $expected }.
invalid-lot-length = The lot number “{ $value }” has the wrong length. It must have { $expected } characters.
invalid-lot-dots = A lot number cannot be dots alone (“{ $value }”); browsers drop them from an address. It could be { $expected }.
invalid-serial-character = A serial cannot have “{ $value }”. Possible are: { $expected }.
invalid-serial-length = The serial “{ $value }” has the wrong length. It must have { $expected } characters.
invalid-serial-dots = A serial cannot be dots alone (“{ $value }”); browsers drop them from an address. It could be { $expected }.
invalid-cpv-character = A product variant cannot have “{ $value }”. Possible are: { $expected }.
invalid-cpv-length = The product variant “{ $value }” has the wrong length. It must have { $expected } characters.
invalid-cpv-dots = A product variant cannot be dots alone (“{ $value }”); browsers drop them from an address. It could be { $expected }.
invalid-tpx-character = A third-party serial cannot have “{ $value }”. Possible are: { $expected }.
invalid-tpx-length = The third-party serial “{ $value }” has the wrong length. It must have { $expected } characters.
invalid-tpx-dots = A third-party serial cannot be dots alone (“{ $value }”); browsers drop them from an address. It could be { $expected }.

# Addresses on labels, the look-up box
invalid-link-shape = “{ $value }” is not the address on a label. It should look like this: { $expected }.
invalid-link-key = The address has a key “{ $value }” that does not belong there. Possible are: { $expected }.
invalid-link-order = “{ $value }” stands in the wrong place of the address, or twice. The order is: { $expected }.
invalid-link-percent-encoding = “{ $value }” in the address cannot be read as text. Two digits follow a percent sign, as in { $expected }.
invalid-link-query-key = Behind the question mark the address has a number “{ $value }” that is not known. The usual ones are: { $expected }.
invalid-link-attribute = “{ $value }” behind the question mark of the address is not written right. Expected: { $expected }.
invalid-lookup-empty = Nothing was entered. Please type a code, lot number or bar code, such as { $expected }.
invalid-lookup-too-long = That is too long; { $expected } bytes is the most. Please paste only the code or the address of the label.
invalid-lookup-gtin-missing = “{ $value }” has no bar code (01). It should look like this: { $expected }.

# Unified social credit code
invalid-uscc-character = “{ $value }” cannot stand at this place of a credit code. Possible are: { $expected }.
invalid-uscc-length = The credit code “{ $value }” has the wrong length. It must have { $expected } characters.
invalid-uscc-check-character = The credit code “{ $value }” does not check: at least one of its 18 characters is wrong. Please compare each with the business licence.

# Amounts
invalid-grams-whole = { $field } is “{ $value }”. Weights are whole grams without decimals or quotes, such as { $expected }.
invalid-grams-positive = { $field } is { $value } g; it must be at least 1 g.
invalid-grams-range = { $field } is { $value } g, which is out of range. Expected: { $expected }.
invalid-pieces-whole = { $field } is “{ $value }”. Pieces are whole numbers without decimals or quotes, such as { $expected }.
invalid-pieces-positive = { $field } is { $value }; it must be at least 1 piece.
invalid-pieces-range = { $field } is { $value } pieces, which is out of range. Expected: { $expected }.
invalid-weight-typed = { $field } is “{ $value }”, which we cannot read as a weight. Write “9600” (kilograms), “1200 jin” or “1.5 t”.
invalid-weight-whole-grams = { $field } is “{ $value }”, which is no whole number of grams. Write “9600” (kilograms), “1200 jin” or “9.601 kg”.
invalid-area-typed = { $field } is “{ $value }”, which we cannot read as an area. Write “18” (mu), “1.2 ha” or “12000 m²”.
invalid-whole-typed = { $field } is “{ $value }”. Please write a whole number, such as { $expected }.
invalid-moment-typed = The time “{ $value }” in { $field } cannot be read. It should look like this: { $expected }.
invalid-amount-whole = { $field } is “{ $value }”. Amounts are whole numbers (grams or pieces) without decimals or quotes, such as { $expected }.
invalid-amount-positive = { $field } is { $value }. An amount is more than zero.
invalid-amount-range = { $field } is { $value }, which is out of range. Expected: { $expected }.

# Texts and codes
invalid-text-empty = { $field } is empty. It may have { $expected } characters.
invalid-text-too-long = { $field } is too long; the limit is { $expected }. Please shorten it.
invalid-text-control = { $field } has an invisible control character ({ $value }). Please type the text again rather than paste it.
invalid-text-bidi = { $field } has a sign that changes the direction of writing ({ $value }) and misleads readers. Please type the text again.
invalid-text-invisible = { $field } has an invisible character ({ $value }), which makes two different names look alike. Please type the text again.
invalid-text-private = { $field } has a character that other computers cannot show ({ $value }). Please use a common one.
invalid-login-length = “{ $value }” in { $field } has the wrong length. It must have { $expected } characters.
invalid-login-character = { $field } has a character that may not stand there: { $value }. Letters, digits, hanzi and . _ - @ + are right.
invalid-scope-operation = A key cannot be made for { $value }. It can for: { $expected }.
invalid-member-kind = “{ $value }” in { $field } is not one of the roles. Choose one.
invalid-code-length = The code “{ $value }” in { $field } has the wrong length. It must have { $expected } characters.
invalid-code-character = The code in { $field } cannot have this character ({ $value }). Possible are: { $expected }.

# Addresses of films
invalid-video-url-scheme = The address of a film begins with https://, and this is “{ $value }”. It should look like this: { $expected }.
invalid-video-url-length = The address of the film is too long; { $expected } characters is the most.
invalid-video-url-character = The address of the film has a character that cannot stand there ({ $value }). It should look like this: { $expected }.
invalid-video-url-userinfo = The address of a film may not carry a user name or password (“{ $value }”). It should look like this: { $expected }.
invalid-video-url-host = The host “{ $value }” in the address of the film is not right. It should look like this: { $expected }.

# Symbols and images
invalid-symbol-character = A QR code cannot have “{ $value }”; some readers would misread it. Only { $expected } letters, digits and signs will do.
invalid-symbol-too-long = This does not fit into one QR code; { $expected } bytes is the most.
invalid-module-px-range = The small squares of the QR code were to be { $value } pixels wide. It must be { $expected } pixels.
invalid-caption-character = The text under the QR code cannot have “{ $value }”. Only { $expected } letters, digits and signs will do.
invalid-caption-size = There is too much text under the QR code. The most is (lines x characters): { $expected }.

# Decimals, dates, coordinates
invalid-decimal = “{ $value }” in { $field } is not a decimal as we write it. It should look like { $expected }, without commas or units.
invalid-instant = The time “{ $value }” in { $field } is not written right. It should look like this: { $expected }.
invalid-instant-range = The time { $value } is out of range; only times in the years 2000 to 9999 are taken.
invalid-civil-date = The date “{ $value }” in { $field } is not right, or there is no such day. It should look like this: { $expected }.
invalid-coordinate-range = The coordinate { $value } is out of range. It must lie within { $expected } degrees; latitude and longitude may be the wrong way round.

# Identifiers inside records
invalid-handle = “{ $value }” is not an identifier of ours. One has { $expected }.
invalid-digest = “{ $value }” is not a fingerprint (SHA-256). One has { $expected }.
invalid-subject = “{ $value }” does not say which subject is meant. It should look like this: { $expected }.
invalid-subject-kind = There is no kind of subject called “{ $value }”. Possible are: { $expected }.
invalid-role = There is no role called “{ $value }”. Possible are: { $expected }.
invalid-pointer = “{ $value }” does not point into a record. It should look like this: { $expected }.
problem-refused-rows = Rows that cannot be imported: { $count }. Each is listed below with its line and reason. Nothing of the file was written; put it right and import it again.
problem-nothing-said = This record would say nothing. Write a remark, or attach a photo, a document or a link to a film.
problem-too-many-requests = Too many are sending at the moment. Please try again in a minute.
