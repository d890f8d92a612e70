from gate.difference.kept import kept_changes

LOGS = "aws:cloudwatch/logGroup:LogGroup"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"


def side(type_, inputs):
    return {"resources": [{"type": type_, "name": "x", "inputs": inputs}]}


def expiring(days, status="Enabled"):
    return side(LIFECYCLE, {"rules": [{"id": "tidy", "status": status, "expiration": {"days": days}}]})


def locked(**held):
    return side(LOCK, {"rule": {"defaultRetention": held}})


def test_log_lines_are_kept_longer_shorter_or_for_ever():
    year, month, ever = (side(LOGS, {"retentionInDays": days}) for days in (365, 30, 0))
    assert kept_changes(year, month) == ["log lines of x are kept: 30 days instead of 365 days"]
    assert kept_changes(month, ever) == ["log lines of x are kept: for ever instead of 30 days"]
    assert kept_changes(year, year) == []
    assert kept_changes(year, {"resources": []}) == []


def test_objects_expire_by_rules_that_are_switched_on():
    what = "objects under x, rule tidy, are kept"
    assert kept_changes(expiring(90), expiring(14)) == [f"{what}: 14 days instead of 90 days"]
    assert kept_changes(expiring(90), expiring(90, "Disabled")) == [f"{what}: for ever instead of 90 days"]


def test_a_weaker_lock_is_told():
    assert kept_changes(locked(years=1, mode="COMPLIANCE"), locked(days=30, mode="GOVERNANCE")) == [
        "objects under x cannot be deleted: 30 days (GOVERNANCE) instead of 1 years (COMPLIANCE)"
    ]
