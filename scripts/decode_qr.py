#!/usr/bin/env python3
"""Print the text of the QR symbol in each PNG file given; exit 1 if a file does not hold exactly one.

A second opinion beside the decoder of our own tests. Needs the PyPI packages zxing-cpp and pillow.
"""

import sys

import zxingcpp
from PIL import Image


def main(paths: list[str]) -> int:
    if not paths:
        print("usage: decode_qr.py FILE.png ...", file=sys.stderr)
        return 2
    failed = False
    for path in paths:
        try:
            with Image.open(path) as image:
                symbols = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
        except OSError as error:
            print(f"{path}: {error}", file=sys.stderr)
            failed = True
            continue
        if len(symbols) == 1:
            print(symbols[0].text)
        else:
            print(f"{path}: {len(symbols)} symbols found", file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
