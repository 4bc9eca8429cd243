"""Every page there is: the list is that of docs/PERMISSIONS.md, which is made from the routes themselves; how to come to each of them
is told by the links on the pages."""

import collections
import os
import re

import browser
from people import log_in

# What is fetched by scripts, saved or linked as a file: nobody looks at it.
DATA = re.compile(r"\.(csv|xlsx|webmanifest|js)$|/kept$|/ticket$|/assets/|/attachments/|/audit-packs/download$")
HANDLE = re.compile(r"[0-9a-f]{32}")
# How many pages of one kind each account opens to find the way to others.
OF_A_KIND = 12
# What is asked for by typing.
TYPED = ["/console/search?q=SF26", "/console/search?q=nothing", "/console/prove?then=/console/members"]


def table():
    """From the table: role → addresses with `{id}`; what needs no account; what is on the way in."""
    text = open(os.path.join(browser.ROOT, "docs", "PERMISSIONS.md"), encoding="utf-8").read()
    lines = [line.split("|") for line in text.splitlines() if line.startswith("|")]
    roles = [name.strip() for name in lines[0][4:9]]
    by_role = {role: set() for role in roles}
    for line in lines[2:]:
        found = pages_in(line[11])
        for role, may in zip(roles, line[4:9]):
            by_role[role] |= found if "✓" in may else set()
    doors = [pages_in(line) for line in text.splitlines() if line.startswith("Pages ")]
    assert len(doors) == 2 and all(doors) and len(set.union(*by_role.values())) > 50, "docs/PERMISSIONS.md looks otherwise"
    return by_role, doors[0], doors[1]


def pages_in(text):
    return {path for path in re.findall(r"`GET (/[^`]*)`", text) if not path.startswith("/api/") and not DATA.search(path)}


def kind_of(path):
    """`/console/batches/{id}/pack` of the address of one."""
    return HANDLE.sub("{id}", path.split("?")[0].split("#")[0])


def linked(context, base, known=()):
    """Follows the links of the console, and those of what is known to be there; answers, of each kind, the addresses that were found."""
    found, waiting = collections.defaultdict(list), list(known) + TYPED + ["/console"]
    seen = set(waiting)
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if len(found[kind]) >= OF_A_KIND and path not in known:
            continue
        answer = context.request.get(base + path, max_redirects=0)
        if answer.status != 200:
            assert answer.status < 400 or path in known, "%s, which is linked, answers %d" % (path, answer.status)
            continue
        found[kind].append(path)
        for link in re.findall(r'href="(/console[^"]*)"', answer.text()):
            link = link.replace("&amp;", "&")
            # Who follows the other language's link has it in a cookie from then on.
            if link not in seen and "lang=" not in link and not DATA.search(link.split("?")[0]):
                seen.add(link)
                waiting.append(link)
    return {kind: paths for kind, paths in found.items() if paths}


def places(chromium, base, demo):
    """By account, the addresses that it is the first to come to: one of each kind, batches in each state, and everybody's home."""
    by_role, come_to, judged = table()[0], collections.defaultdict(set), {"/console"}
    states = {(batch["state"], batch["held"], batch["recalled"]): "/console/batches/" + batch["id"] for batch in demo["batches"]}
    batches = list(states.values())
    for account in demo["accounts"]:
        context = chromium.new_context(service_workers="block")
        log_in(context.new_page(), base, account)
        paths = ["/console"]
        for kind, found in linked(context, base, batches).items():
            come_to[account["role"]].add(kind)
            if kind not in judged:
                paths += TYPED[:2] if kind == "/console/search" else found[:1]
            paths += [path for path in found if path in batches and path not in paths]
        judged |= {kind_of(path) for path in paths}
        yield account, [cookie for cookie in context.cookies() if cookie["name"] != "lang"], paths
        context.close()
    for role, kinds in come_to.items():
        # Nobody has a page that the table does not give him.
        assert kinds <= by_role[role], "%s comes to %s" % (role, sorted(kinds - by_role[role]))
