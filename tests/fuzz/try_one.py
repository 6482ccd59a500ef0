"""Try cases again, such as those that fuzzing kept, and show what comes of them.

python -m tests.fuzz.try_one TARGET FILE…
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.targets import by_name, is_refusal


def main(target: str, *files: str) -> int:
    """Print what each case ends with; 1 where one ends in a traceback."""
    found = 0
    paths = [Path(file).absolute() for file in files]
    with TemporaryDirectory() as folder:
        case = by_name(target).make(Path(folder))
        for path in paths:
            try:
                case(path.read_bytes())
                print(f"{path}: done")
            except Exception as error:  # noqa: BLE001  # whatever comes is to be seen
                if is_refusal(error):
                    print(f"{path}: {error}")
                else:
                    found = 1
                    traceback.print_exc()
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
