# SPDX-License-Identifier: GPL-2.0-or-later
# mutate.py - change one token of C sources, in as many random places as asked for.
#
# usage: mutate.py SEED COUNT OUTDIR FILE...
#
# OUTDIR gets a changed file for each change, N.c, and N.txt, which says where it
# is and what was changed: "FILE LINE OLD NEW", separated by tabs.
import random
import re
import sys

TOKENS = [
    # relations
    (r'(?<![<>=!-])<(?![<=])', '<='),
    (r'(?<![<])<=', '<'),
    (r'(?<![->])>(?![>=])', '>='),
    (r'(?<![>])>=', '>'),
    (r'==', '!='),
    (r'!=', '=='),
    # conditions
    (r'&&', '||'),
    (r'\|\|', '&&'),
    (r'!(?![=!])', ''),
    (r'\btrue\b', 'false'),
    (r'\bfalse\b', 'true'),
    # loops
    (r'\bcontinue(?=;)', 'break'),
    (r'\bbreak(?=;)', 'continue'),
    # off by one
    (r'\+ 1\b', '- 1'),
    (r'(?<=\w) - 1\b', ' + 1'),
    # what a function says
    (r'(?<=return )0(?=;)', '-EINVAL'),
    (r'(?<=return )-E[A-Z0-9]+(?=;)', '0'),
    (r'(?<=return )-1(?=;)', '0'),
]
# what is done, and not what is declared: one line that is a whole statement
STATEMENT = re.compile(
    r'^\t+(?!return\b|break;|continue;|goto\b|else\b|if\b|for\b|while\b|do\b|switch\b|case\b'
    r'|static\b|const\b|struct\b|enum\b|unsigned\b|bool\b|int\b|char\b|size_t\b|uint\d+_t\b|va_'
    r'|\(void\)\w+;)'
    r'([a-z(*][^;{}]*;)$')


def blank(match):
    return re.sub(r'[^\n]', ' ', match.group())


# The text with comments, strings, characters and preprocessor lines blanked.
def code_of(text):
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|^#.*?(?<!\\)$',
                  blank, text, flags=re.S | re.M)


# Whether line i begins behind the end of a statement, and ends one.
def is_whole(lines, i):
    before = lines[i - 1].rstrip()
    return (before.endswith((';', '{', '}', ')', 'else')) or not before) \
        and lines[i].count('(') == lines[i].count(')')


# All changes: path, offset, length, new text.
def places(path, text):
    code = code_of(text)
    for pattern, new in TOKENS:
        for match in re.finditer(pattern, code):
            yield path, match.start(), len(match.group()), new
    lines = code.split('\n')
    at = 0
    for i, line in enumerate(lines):
        match = STATEMENT.match(line)
        if match and i and is_whole(lines, i):
            yield path, at + match.start(1), len(match.group(1)), ';'
        at += len(line) + 1


def main():
    seed, count, outdir, files = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    texts = {}
    for path in files:
        with open(path, encoding='utf-8') as file:
            texts[path] = file.read()
    # inside of functions, whose lines begin with a tab
    every = [place for path, text in sorted(texts.items()) for place in places(path, text)
             if text[text.rfind('\n', 0, place[1]) + 1] == '\t']
    chosen = random.Random(seed).sample(every, min(count, len(every)))
    for n, (path, at, length, new) in enumerate(chosen, 1):
        text = texts[path]
        old = text[at:at + length]
        with open(f'{outdir}/{n}.c', 'w', encoding='utf-8') as file:
            file.write(text[:at] + new + text[at + length:])
        with open(f'{outdir}/{n}.txt', 'w', encoding='utf-8') as file:
            line = text.count('\n', 0, at) + 1
            file.write(f'{path}\t{line}\t{old.strip()}\t{new.strip() or "nothing"}\n')


if __name__ == '__main__':
    main()
