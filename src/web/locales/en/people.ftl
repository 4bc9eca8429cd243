# Logging in, members, sessions, keys.

people-public = To the public look-up page
people-refused = That did not work
people-missing = There is nothing at this address
people-typed-stays = What you typed is still there: log in, and you are back at the form to go on and send it. Where the browser keeps nothing, it stands on the page before.
people-request = Request { $id }

login-title = Log in
login-name = Login name
login-name-hint = The name you chose when you joined, such as a telephone number.
login-password = Password
login-button = Log in
login-wrong = Login name or password is not right. Check both; capitals count in the password.
login-wait = Too many attempts. Wait { $n ->
    [one] a minute
   *[other] { $n } minutes
  }, then try again.
login-plain-http = This page is not encrypted: whoever is in the same network can read what you type. Use it only in a network you trust.
login-forgotten = Forgotten your password? A manager of your organisation makes you a link to set a new one.

people-nav = Your organisation
people-home = Start
people-log-out = Log out

kind-manager = manager
kind-worker = worker
kind-signer = signer
kind-manager-does = Manager: invites people, makes keys, recalls batches
kind-worker-does = Worker: does the daily work
kind-signer-does = Signer: daily work, and reports results

field-name = Name
field-login = Login name
field-kind = Task
field-scope = What it may do
field-until = Last day

password-new = New password
password-hint = At least 12 characters. A few words that do not belong together are easy to keep in mind and hard to guess.
password-again = New password once more
weak-too_short = The password has fewer than 12 characters. Add a word or two.
weak-too_long = The password has more than 128 characters. A shorter one is enough.
weak-own_name = The password is little more than your own name, login or organisation, which others try first. Choose words that have nothing to do with you.
weak-common = The password stands in lists of passwords in use, or is little more than one well-known word. Choose a few words that do not belong together.
weak-keyboard_walk = The password is a walk over neighbouring keys, which others try early. Choose a few words instead.
weak-pattern = The password repeats itself or counts up, such as aaaa or 123456. Choose a few words instead.
weak-date = The password is mostly a date, or nothing but figures. Choose a few words instead.
weak-guessable = The password would be guessed too soon. Make it longer, with words that do not belong together.

code-title = Code
code-label = Code of your authenticator
code-hint = Six digits, new every half minute. A recovery code does as well; each works once.
code-button = Go on
code-wrong = The code is not right, or was used before. Wait for the next one and type it.
code-lost = Lost both? A manager of your organisation can remove the second factor; you then set up a new one.

authenticator-title = Set up an authenticator
authenticator-required = Others rest on your word, so a password alone is not enough here. You need an authenticator: a program on your telephone that shows a new code every half minute.
authenticator-offered = With an authenticator, a program on your telephone that shows a new code every half minute, nobody logs in by your password alone.
authenticator-step-app = Open an authenticator on your telephone; if you have none, install one, such as FreeOTP, Aegis, or one by Microsoft, Tencent or Google.
authenticator-step-scan = Add an account by scanning this symbol.
authenticator-type = Or type this key:
authenticator-step-code = Type the code that it shows.
authenticator-code = Code, six digits
authenticator-button = Set it up

recovery-title = Recovery codes
recovery-done = The authenticator is set up. You are logged out everywhere else.
recovery-what = If you lose your telephone, log in with one of these codes in place of its code. Each works once. Print them or write them down, and keep them apart from the telephone; they are not shown again.
recovery-go-on = I have kept them, go on

join-title = Join
join-into = { $organisation } invites you as { $kind }.
join-name = Your name
join-name-hint = As your colleagues see it. It does not stand in public records.
join-login-hint = Choose one, such as your telephone number: 3 to 60 letters or digits.
join-login_taken = Somebody logs in by this name already. Choose another, such as your telephone number.
join-button = Join

reset-title = New password
reset-of = For { $name }, { $organisation }. You will be logged out everywhere else.
reset-button = Set the password

link-gone = This link is no longer good
link-gone-sentence = It was used already, withdrawn, or is too old. Ask whoever gave it to you for a new one.

account-title = My account
account-name = Name
account-organisation = Organisation
account-kind = Task
account-password = Change the password
account-current = Password so far
account-change = Change the password, log out elsewhere
account-wrong = The password is not right. Capitals count.
account-differ = The two new passwords differ. Type the same one twice.
account-done-password = The password is changed. You are logged out everywhere else.
account-done-session = That place is logged out.
account-done-sessions = You are logged out everywhere else.

second-title = Second factor
second-there = An authenticator is set up.
second-codes = { $n ->
    [one] { $n } recovery code is left.
   *[other] { $n } recovery codes are left.
  }
second-again = Set it up anew, with new recovery codes
second-none = Only the password protects this account. An authenticator on your telephone adds a second lock.
second-set-up = Set up an authenticator

sessions-title = Where you are logged in
sessions-hint = If you do not know one of these places, log it out and change the password. A place that nobody uses for 12 hours is logged out by itself, each after 30 days.
sessions-where = Browser
sessions-used = Last used
sessions-since = since { $time }
sessions-this = here
sessions-end = Log out
sessions-end-others = Log out everywhere else

prove-title = Password once more
prove-why = Before changes that cannot be taken back we ask for your password again. It then counts for half an hour.
prove-go = Give the password
prove-button = Go on

members-title = Members
members-you = (you)
members-since = since { $date }
members-second = with a second factor
members-no-second = password only
members-disabled = may not log in
members-change = Change
members-enable = Let in again
members-disable = Shut out
members-reset = Link for a new password
members-make = Make { $kind }
members-remove-second = Remove the second factor
members-links = Open links
members-link-resets = new password
members-until = good until { $time }
members-withdraw = Withdraw
members-invite = Invite somebody
members-name = Name of the person
members-kind = Task
members-make-link = Make an invitation link
members-link-made = The link for { $name }
members-pass-on = Pass it on to that person yourself, such as by WeChat. It works once, for 7 days, and is not shown again.
members-reset-made = The link for a new password
members-reset-pass-on = Pass it on to that person yourself. It works once, for a day, and is not shown again.
member-himself = Nobody changes his own task or shuts himself out. Another manager can do it.
member-too_many = An organisation has at most { $n } members and open links. Withdraw links or ask the operator.

keys-title = API keys
keys-what = By a key a device or a program acts for your organisation, without a person.
keys-none = There are no keys yet.
keys-made = The new key
keys-once = Copy it now into the device; it is not shown again. Whoever has it can act for your organisation.
keys-since = made { $time }
keys-until = works until { $date }
keys-open = works until it is ended
keys-used = last used { $time }
keys-unused = never used
keys-revoked = ended
keys-expired = past its last day
keys-revoke = End
keys-revoke-what = Devices and programs that use it stop at once. It does not come back.
keys-revoke-go = End this key
keys-create = Make a key
keys-name = What it is for
keys-name-hint = Such as: packing line 1.
keys-until-label = Last day (optional)
keys-until-hint = Without it the key works until it is ended.
keys-button = Make the key
key-in_the_past = That day is over. Give today or a later day, such as 2027-12-31.
key-too_many = An organisation has at most 100 keys that work. End one that is no longer needed.

keys-narrowed = may only: { $what }
keys-joint = {", "}
keys-may = What it may do
keys-may-all = All that your organisation may
keys-may-some = Only what is ticked below
keys-choose = Choose what it may do
key-no_scope = Tick at least one thing that the key may do, or choose “All that your organisation may”.
op-site-register = Register packhouses and stores
op-plot-register = Register plots
op-plot-treat = Record treatments
op-plot-use-input = Record fertiliser and other inputs
op-plot-note = Add remarks and photos to plots
op-plot-consent = Record that growers agreed to be named
op-plot-withdraw_consent = Withdraw that
op-product-register = Register products
op-batch-open = Open batches
op-batch-process = Process batches
op-batch-grade = Grade batches
op-batch-split = Split batches
op-batch-merge = Merge batches
op-batch-pack = Pack batches
op-batch-certify = Issue certificates
op-batch-store = Record where batches are kept
op-batch-ship = Ship batches
op-batch-return = Record returns
op-batch-lose = Record losses
op-batch-close = Close batches
op-batch-note = Add remarks and photos to batches
op-batch-recall = Recall batches
op-shipment-receive = Take in shipments
op-sample-draw = Draw samples
op-sample-receive = Receive samples
op-sample-report = Report results
op-mark-register = Register marks
op-licence-grant = Grant licences
op-licence-revoke = Revoke licences
op-key-register = Register signing keys
op-key-rotate = Change signing keys
op-key-revoke = Revoke signing keys
op-organisation-register = Register organisations
op-record-correct = Correct records
op-attachment-upload = Upload files
op-organisation-read = Read organisations
op-product-read = Read products
op-mark-read = Read marks
op-key-read = Read signing keys
op-site-read = Read packhouses and stores
op-plot-read = Read plots
op-batch-read = Read batches
op-trace-read = Read where batches come from and went
op-openings-read = Read sealed fields
op-sample-read = Read samples and reports
op-shipment-read = Read shipments
op-licence-read = Read licences and what was packed under them
op-audit-pack-read = Download audit packs
op-foreign-audit-pack-read = Download audit packs of others

field-missing = Please choose.
field-empty = Please fill this in.
field-name_zh = Name of the organisation
field-name_en = Name in English
field-uscc = Unified social credit code
field-place = County or district
field-contact = Whom to ask, and how
field-cma = CMA number
field-cma_until = CMA valid until
field-manager_name = Name of the first manager
field-manager_login = Login name of the first manager
field-reason = Reason
apply-title = Apply for admission
apply-link = Your organisation is not here yet? Apply for admission
apply-what = Cooperatives, farms, packhouses, laboratories, associations, buyers and authorities apply here. The operator of this platform decides and tells you.
apply-organisation = The organisation
apply-kind = Kind of organisation
apply-manager = First person to log in
apply-optional = (optional)
apply-uscc-hint = The 18 characters of the business licence.
apply-place-hint = Such as: Fengjie County, Chongqing. No street address.
apply-contact-hint = A name with a telephone number. The operator asks here; it is never shown in public.
apply-laboratory = For laboratories: accreditation
apply-cma_until-hint = Year-month-day, such as 2029-06-01.
apply-manager_login-hint = A telephone number, a mail address or a short name. It can be changed when joining.
apply-button = Send the application
apply-kept = What you type here goes to the operator alone and stands in no public record.
applied-title = The application was sent
applied-number = Your number: { $number }. Name it when you ask the operator.
applied-next = The operator checks it and passes on a link by which the first manager joins. An application that nobody answers within 90 days lapses; then apply again.
applied-home = To the first page
org-cooperative = Cooperative
org-family_farm = Family farm
org-company = Company
org-household = Grower household
org-operator = Operator
org-packhouse = Packhouse
org-processor = Processor
org-laboratory = Laboratory
org-association = Association
org-logistics = Carrier
org-buyer = Buyer
org-regulator = Authority
site-log-in = Log in
