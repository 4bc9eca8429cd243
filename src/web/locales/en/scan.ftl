# The scan page. Words follow the page rules: short sentences, no officialese, no exclamation marks.

verdict-issued = Code issued here
verdict-issued-first = first look-up
verdict-issued-nth = look-up no. { $n }
verdict-issued-sentence = Compare the pack with what stands below.
verdict-issued-nth-sentence = First look-up: { $date }, { $place }. If you have only just opened the pack and it is not the first, please tell us.
verdict-not_activated = Code not in use yet
verdict-not_activated-sentence = This label has not been put on any product yet.
verdict-voided = Code withdrawn
verdict-voided-sentence = This label, or its roll, was withdrawn or reported lost; do not buy by it.
verdict-held = Batch on hold
verdict-held-sentence = { $reason }. Do not buy or eat it.
verdict-recalled = Batch recalled
verdict-recalled-sentence = { $reason }. Do not eat it; contact { $contact }.
verdict-licence_ended = Brand licence not valid
verdict-licence_ended-sentence = When this was packed its maker had no right to this brand.
verdict-expired = Past its date
verdict-expired-sentence = Best before { $date }.
verdict-unknown = Code not issued here
verdict-unknown-sentence = Check the characters; if it stands on a pack, please tell us.

hold-test_failed = A test failed
hold-under_enquiry = Under enquiry
hold-discrepancy = Amounts under review: more went out than is on record
recall-class = Class { $class ->
    [1] I
    [2] II
   *[3] III
  } recall, since { $date }
place-unknown = place unknown

scan-as-of = Looked up { $time }
scan-code = Serial
scan-gtin = Bar code (GTIN)
scan-lot = Lot
scan-title = { $product } · { $verdict }

product-net = Net content
product-pieces = { $n ->
    [one] { $n } piece
   *[other] { $n } pieces
  }
product-lot = Lot
product-harvested = Harvested
product-packed = Packed
product-best-before = Best before
product-producer = Producer
product-place = Origin
product-standard = Standard
product-sc = Food licence (SC)
product-drawing = A drawing, not a photo of the goods
product-photo = Photo of the product

brand-licence = Licence { $no }
brand-at-packing-yes = Valid when packed
brand-at-packing-no = Not valid when packed
brand-today-no = No longer in force today (until { $date })
brand-today-no-undated = No longer in force today
brand-ran-out-note = The licence expired after packing; this pack is not affected.
brand-owner = Brand owner

story-heading = From farm to you
story-lot = of batch { $lot }
story-until = to
story-on-report = on report { $no }
story-sample = sample { $no }
story-recorded = written down on { $date }
story-correction-old = before
story-correction-new = now
story-correction-reason = Reason: { $reason }
story-held-for = held for: { $reason }
story-photo = Photo taken on site
story-document = Open the document (PDF)
story-video = Watch the video

tests-heading = Tests
tier-screening = Quick test (screening)
tier-own = Producer’s own test
tier-third_party = Third-party quantitative test
tier-screening-note = A quick test only screens; it does not replace a quantitative test.
tests-report = Report { $no }
tests-cma = Accreditation (CMA) { $no }
tests-signed = Signed by the laboratory’s own key.
tests-signed-vouched = Signed by the laboratory’s own key, which { $by } vouched for.
tests-sampled = Sampled { $date }
tests-received = Received { $date }
tests-issued = Issued { $date }
tests-method = Method: { $method }.
tests-file = See the report itself
tests-analyte = Substance
tests-found = Found / limit
tests-share = Of the limit
tests-used = used on this batch
tests-over = Over the limit
tests-not-judged = Not judged
tests-below-count = { $n ->
    [one] Not found, or too little to measure: { $n } substance
   *[other] Not found, or too little to measure: { $n } substances
  }
tests-below-row = < { $value } (limit { $limit })
tests-below-row-open = < { $value } (no limit on file, not judged)
tests-not-judged-note = “Not judged” means that no limit is on file; it does not mean passed.
tests-limits = Limits: { $source }.
tests-replaces = Retest of report { $no }
tests-replaced-by = Tested again, see report { $no }
tests-sample-only = The results cover the sample received only.
report-pass = Nothing over its limit
report-fail = Something is over its limit
report-not_judged = Not judged
report-negative = Negative
report-positive = Positive, to be confirmed by instrument
report-invalid = Invalid, to be repeated
tests-none = No test report of this batch is public.

treatments-heading = Treatments and waiting times
treatments-kept = picked { $days } days later, { $interval } required
treatments-kept-yes = kept
treatments-kept-no = not kept
treatments-uses = use { $n } this season, { $max } allowed
verdict-interval = A waiting time after spraying was not kept: see below

preparation-wp = wettable powder
preparation-sp = soluble powder
preparation-sc = suspension
preparation-ec = emulsifiable concentrate
preparation-ew = emulsion in water
preparation-sl = soluble liquid
preparation-wg = granules to disperse in water

cert-heading = Conformity certificate (承诺达标合格证)
cert-held = This batch is on hold: the promise below is under question
cert-recalled = This batch is recalled: the promise below is under question
cert-product = Product
cert-quantity = Quantity
cert-quantity-gone = { $all }, the whole batch ({ $gone } of it are no longer here)
cert-place = Origin
cert-basis = Basis
cert-promiser = Promised by
cert-contact = Contact
cert-issued = Issued
cert-number = Number
cert-promise = I promise for the farm products that I grow and sell:
cert-promise-producer = no banned pesticide, veterinary drug or other compound was used; residues of the permitted ones are within their limits.
cert-promise-buyer = the certificate of conformity of this batch, or another proof of its safety, was collected and kept as required; no preservative or additive was used against the rules.
cert-voided = Voided on { $date }: { $reason }
cert-english = Certificate of promised conformity: the producer’s promise, required by Chinese law; not a test report.
basis-quality_control = Quality and safety control meets requirements
basis-own_test = Own test passed
basis-commissioned_test = Commissioned test passed

origin-heading = Where it grew
origin-sketch = Rough place: { $place }, { $lat }° N, { $lon }° E
origin-sketch-many = Rough places of { $n } plots
origin-coarse = The circle is a rough area (about 1 km), not an exact point.
origin-grower = Grown by { $name }
origin-altitude = { $m }{"\u00A0"}m above sea level
origin-area = { $area }
origin-share = { $share } of this batch
origin-north = N

checks-heading = Check it yourself
checks-chain-ok = The records of this batch join end to end; none was changed.
checks-chain-bad = The records of this batch do not join end to end. Do not buy by them, and please tell us.
checks-history-ok = { $records } records of { $subjects } things it rests on (plots, batches, samples, licences) were checked one by one and agree.
checks-history-bad = Some records it rests on do not agree; this is being looked into.
checks-witnessed-all = The log of all records was witnessed up to record { $records } at { $at } by { $by }; every record shown here is among them.
checks-witnessed-part = The log of all records was witnessed up to record { $records } at { $at } by { $by }; the newest record shown here came later and is not witnessed yet.
checks-witnessed-not = Witnesses are asked to confirm the log of all records; so far too few of them have done so.
checks-limit = Records cannot prove that what is in the pack was not swapped.
checks-limit-label = Not proven
checks-ok-label = Checked
checks-bad-label = Does not agree
checks-download-chain = Download this batch’s records
checks-download-history = Download all records it depends on
verify-button = Verify on this device
verify-busy = Fetching and checking …
verify-failed = It could not be loaded. Try again
verify-without-script = With scripts switched on, a button stands here that verifies the records on your own device. Without them, download the records and follow the steps below.
checks-how = How to verify on your own computer
checks-how-1 = Download the records. Each line is one record, and each names the fingerprint (SHA-256) of the one before.
checks-how-2 = Get the open-source program suyuan and run:
checks-how-3 = It prints one sentence; exit code 0 means that all agrees, 1 that something does not. After “--head” stands the fingerprint of the last record:
checks-how-4 = Our program is not needed: the format is public, and any SHA-256 tool can check it record by record.

more-heading = More about it
more-buy = Buy again
more-storage = Storage
more-contact = Telephone
more-hotline-12315 = Consumer line 12315
more-hotline-12316 = Farm service line 12316
more-report = Report a problem
notice = No login, no tracking cookie. We do not record who looks things up.
