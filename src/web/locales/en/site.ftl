# Shared words, the look-up page, product and producer pages, reports.

site-data-from = This page shows what was recorded until { $time }. Newer records are not on it yet.
site-name = Suyuan
site-skip = Skip to the text
site-foot = Public records from farm to label
site-home = Look up another code

lookup-title = Look up
lookup-heading = See where it comes from
lookup-lead = The public record of farm goods from the plot to the label: kept by cooperatives, tested by laboratories, open to everybody.
lookup-label = Type the code, the lot number, the bar code, or the name of a product or producer
lookup-hint = The code is printed under the QR code. Type it as it stands there; small letters will do.
lookup-button = Look up
lookup-results = Results
lookup-products = Products
lookup-producers = Producers
lookup-empty = No product is public yet.
lookup-error-not_found = Nothing found for “{ $query }”. Compare it with the pack, character by character; if it stands on a pack, please tell us.
lookup-error-bad_check_digit = The check digit of “{ $query }” is wrong; a digit may be mistyped. Compare it with the bar code and try again.
lookup-error-bad_characters = “{ $query }” has characters that no code has. Codes are letters, digits and hyphens.
lookup-error-too_long = That is too long. A code has at most 20 characters; or paste the whole address from the label.
lookup-product-count = { $n ->
    [one] { $n } product
   *[other] { $n } products
  }

bad-title = This address is not a valid code
bad-heading = This address is not a valid code
bad-sentence = A character may be missing or one too many. Scan again, or type the code below.
bad-typed = We received

product-lots = Batches
product-lots-none = No batch of this product is public yet.
product-gtin = Bar code (GTIN)
lot-packed = packed { $date }
lot-harvested = harvested { $date }

producer-place = Place
producer-code = Credit code
producer-households = Growers
producer-households-n = { $n }
producer-area = Area
producer-phone = Telephone
producer-licences = Brand licences
producer-products = Products
licence-in-force = in force
licence-not-in-force = not in force
licence-span = { $from } to { $until }
licence-from = from { $from }

report-title = Report a problem
report-heading = Report a problem
report-about = About
report-code = Code or lot number on the label
report-kind = What happened
report-kind-choose = Please choose
report-kind-mismatch = The pack and the page differ
report-kind-looked_up_before = I just opened it, yet it was looked up before
report-kind-quality = Quality or safety
report-kind-label = The label is damaged, covered or hard to read
report-kind-other = Something else
report-text = Tell us about it
report-text-hint = Where you bought it, what you saw. Please leave out identity numbers and the like.
report-contact = How to reach you
report-contact-hint = Telephone or e-mail, used only to answer this report.
report-send = Send the report
report-error-heading = Please mend one thing
report-error-kind_missing = Choose what happened.
report-error-text_missing = Write a sentence or two.
report-error-text_too_long = That is too long; keep it within 2,000 characters.
report-urgent = If you feel unwell, see a doctor first. For urgent complaints call 12315.

thanks-title = Received
thanks-heading = We have your report
thanks-sentence = The operator of this service keeps it and looks into it.
thanks-number = Number { $no }
thanks-keep = Note the number and keep the pack and its label.
thanks-back = Back to the page
