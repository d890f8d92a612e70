"""The few commands of the AWS CLI that an upload runs, by the CLI's own library: for machines that have no CLI."""

import json
import subprocess
from itertools import pairwise
from pathlib import Path

from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import S3Transfer, TransferConfig
from botocore.exceptions import ClientError


def aws(client, command):
    """What the CLI would have ended with and printed."""
    try:
        return subprocess.CompletedProcess(command, 0, _answer(client, command[1:]), "")
    except (ClientError, S3UploadFailedError) as error:
        return subprocess.CompletedProcess(command, 254, "", f"\n{error}\n")


def _answer(client, words):
    service, command, *rest = words
    if (service, command) == ("s3", "cp"):
        bucket, _, key = rest[1].removeprefix("s3://").partition("/")
        parts = TransferConfig(multipart_threshold=8 * 2**20, multipart_chunksize=8 * 2**20)
        S3Transfer(client, parts).upload_file(
            rest[0], bucket, key, extra_args={"ChecksumAlgorithm": "SHA256"}
        )
        return f"upload: {rest[0]} to {rest[1]}"
    given = {word: value for word, value in pairwise(rest) if word.startswith("--")}
    place = {"Bucket": given["--bucket"]}
    if command == "list-objects-v2":
        found = client.list_objects_v2(**place, Prefix=given["--prefix"]).get("Contents")
        return json.dumps([[each["Key"], each["Size"]] for each in found] if found else None)
    place["Key"] = given["--key"]
    if command == "head-object":
        how = {"PartNumber": 1} if "--part-number" in given else {"ChecksumMode": given["--checksum-mode"]}
        return str(client.head_object(**place, **how).get(given["--query"]))
    with Path(given["--body"]).open("rb") as body:
        answer = client.put_object(
            **place,
            Body=body,
            ChecksumSHA256=given["--checksum-sha256"],
            IfNoneMatch=given["--if-none-match"],
        )
    return json.dumps({key: value for key, value in answer.items() if key != "ResponseMetadata"})
