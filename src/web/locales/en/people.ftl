# Logging in, members, sessions, keys.

people-public = To the public look-up page
people-refused = That did not work
people-typed-stays = What you typed still stands on the page before. Log in here, then go back to it, load it anew and send it again.
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
