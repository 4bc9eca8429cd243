# 登录、成员、登录记录、接口密钥。

people-public = 去公开查询页
people-refused = 没有成功
people-typed-stays = 您填的内容还在前一页。请在这里登录，再回到前一页，重新打开后提交。
people-request = 请求号 { $id }

login-title = 登录
login-name = 登录名
login-name-hint = 加入时自己定的名字，比如手机号。
login-password = 密码
login-button = 登录
login-wrong = 登录名或密码不对。请核对后再试，密码区分大小写。
login-wait = 尝试次数太多。请等 { $n } 分钟再试。
login-plain-http = 本页没有加密，同一网络里的人可以看到您输入的内容。请只在信得过的网络里使用。
login-forgotten = 忘了密码？请本单位的管理员给您一个重设密码的链接。
