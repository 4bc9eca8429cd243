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

people-nav = 本单位
people-home = 首页
people-log-out = 退出登录

kind-manager = 管理员
kind-worker = 工作人员
kind-signer = 签发人
kind-manager-does = 管理员：邀请成员、管理密钥、召回批次
kind-worker-does = 工作人员：做日常工作
kind-signer-does = 签发人：日常工作，并出具检测结果

field-name = 名称
field-login = 登录名
field-kind = 职责
field-until = 最后一天

password-new = 新密码
password-hint = 至少 12 个字符。几个互不相干的词连在一起，好记又难猜，也可以用中文。
password-again = 再输一次新密码
weak-too_short = 密码不足 12 个字符，请再加一两个词。
weak-too_long = 密码超过 128 个字符，短一些就够了。
weak-own_name = 密码几乎就是您的姓名、登录名或单位名，别人最先会试。请换成与您无关的几个词。
weak-common = 密码在常用密码表里，或几乎就是一个常见的词。请换成几个互不相干的词。
weak-keyboard_walk = 密码是键盘上相邻的按键，别人很早就会试。请换成几个词。
weak-pattern = 密码是重复或连续的字符，比如 aaaa、123456。请换成几个词。
weak-date = 密码主要是一个日期。请换成几个词。
weak-guessable = 密码很快会被猜到。请加长，用几个互不相干的词。

code-title = 验证码
code-label = 验证器上的验证码
code-hint = 六位数字，每半分钟换一次。也可以用恢复码，每个只能用一次。
code-button = 继续
code-wrong = 验证码不对，或已经用过。请等下一个再输入。
code-lost = 手机和恢复码都丢了？请本单位的管理员取消二次验证，您再重新设置。

authenticator-title = 设置验证器
authenticator-required = 别人要依据您的结论办事，只凭密码不够。请准备一个验证器：手机上的一个程序，每半分钟显示一个新验证码。
authenticator-offered = 验证器是手机上的一个程序，每半分钟显示一个新验证码。有了它，别人只凭密码登录不了您的账号。
authenticator-step-app = 打开手机上的验证器；没有的话先安装一个，比如腾讯身份验证器、FreeOTP、Aegis，或微软、谷歌的验证器。
authenticator-step-scan = 在验证器里添加账号，扫描这个二维码。
authenticator-type = 或输入这个密钥：
authenticator-step-code = 输入验证器显示的验证码。
authenticator-code = 六位验证码
authenticator-button = 完成设置

recovery-title = 恢复码
recovery-done = 验证器已设置好。
recovery-what = 手机丢了时，可以用下面的一个恢复码代替验证码登录。每个只能用一次。请打印或抄下来，与手机分开保存；以后不再显示。
recovery-go-on = 已保存，继续

join-title = 加入
join-into = { $organisation }邀请您加入，职责是{ $kind }。
join-name = 您的姓名
join-name-hint = 同事看到的名字，不会写进公开记录。
join-login-hint = 自己定一个，比如手机号：3 到 60 个字母、数字或汉字。
join-login_taken = 已有人用这个登录名。请换一个，比如手机号。
join-button = 加入

reset-title = 设置新密码
reset-of = { $name }，{ $organisation }。设好后，其他地方的登录都会退出。
reset-button = 设置密码

link-gone = 这个链接已失效
link-gone-sentence = 它已经用过、被撤回，或过期了。请向给您链接的人再要一个。

account-title = 我的账号
account-name = 姓名
account-organisation = 单位
account-kind = 职责
account-password = 修改密码
account-current = 现在的密码
account-change = 修改密码，并退出其他登录
account-wrong = 密码不对。密码区分大小写。
account-differ = 两次输入的新密码不一样。请输入同一个密码两次。
account-done-password = 密码已修改，其他地方的登录都已退出。
account-done-session = 那一处已退出登录。
account-done-sessions = 其他地方的登录都已退出。

second-title = 二次验证
second-there = 已设置验证器。
second-codes = 还剩 { $n } 个恢复码。
second-again = 重新设置，并换新的恢复码
second-none = 这个账号只有密码保护。手机上的验证器可以再加一道锁。
second-set-up = 设置验证器

sessions-title = 登录的地方
sessions-hint = 如有不认识的，请让它退出，并修改密码。12 小时没人用会自动退出，最长 30 天。
sessions-where = 浏览器
sessions-used = 最近使用
sessions-since = 登录于 { $time }
sessions-this = 当前
sessions-end = 退出
sessions-end-others = 退出其他所有登录

prove-title = 再输一次密码
prove-why = 做不可撤回的改动之前，请再输一次密码，半小时内有效。
prove-go = 输入密码
prove-button = 继续

members-title = 成员
members-you = （您）
members-since = { $date } 加入
members-second = 有二次验证
members-no-second = 只有密码
members-disabled = 已停用，不能登录
members-change = 更改
members-enable = 重新启用
members-disable = 停用
members-reset = 重设密码的链接
members-make = 改为{ $kind }
members-remove-second = 取消二次验证
members-links = 未使用的链接
members-link-resets = 重设密码
members-until = { $time } 前有效
members-withdraw = 撤回
members-invite = 邀请成员
members-name = 邀请谁
members-kind = 职责
members-make-link = 生成链接
members-link-made = 给{ $name }的链接
members-pass-on = 请您自己转给本人，比如用微信。链接只能用一次，7 天内有效，以后不再显示。
members-reset-made = 重设密码的链接
members-reset-pass-on = 请您自己转给本人。链接只能用一次，一天内有效，以后不再显示。
member-himself = 不能更改自己的职责或停用自己，请另一位管理员来做。
member-too_many = 一个单位的成员和未用链接最多 { $n } 个。请撤回一些链接，或联系运营方。

keys-title = 接口密钥
keys-what = 设备或程序凭密钥代表本单位操作，不需要人登录。
keys-none = 还没有密钥。
keys-made = 新密钥
keys-once = 请现在复制到设备里，以后不再显示。拿到它的人可以代表本单位操作。
keys-since = { $time } 生成
keys-until = { $date } 及以前有效
keys-open = 停用前一直有效
keys-used = 最近使用 { $time }
keys-unused = 从未使用
keys-revoked = 已停用
keys-expired = 已过最后一天
keys-revoke = 停用
keys-create = 生成密钥
keys-name = 用途
keys-name-hint = 比如：一号包装线。
keys-until-label = 最后一天（可以不填）
keys-until-hint = 年-月-日。不填则停用前一直有效。
keys-button = 生成密钥
key-in_the_past = 这一天已经过去。请填今天或以后的日子，比如 2027-12-31。
key-too_many = 一个单位最多有 100 个有效密钥。请先停用不再需要的。
