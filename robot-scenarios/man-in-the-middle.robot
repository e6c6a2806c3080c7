*** Settings ***
Documentation    A hostile server or a man in the middle gets no application data and passes none; the honest service is accepted before and after.
Resource         proofboard.resource
Test Setup       Connect A Device
Test Teardown    End Test

*** Test Cases ***
Hostile Servers Are Refused
    [Tags]    th-root-check.5
    FOR    ${server}    ${reason}    IN
    ...    self-signed    self-signed
    ...    other-ca    unknown-issuer
    ...    stolen-chain    certificate-verify
        World Attack    ${server}
        Expect Refused Server    ${reason}    200 s
        Service Should Receive Nothing    30 s
        World Honest
        Sensor Set    19.25
        Expect Publish    19.25    200 s
    END

Spoofed DNS Leads Nowhere
    [Tags]    th-root-check.4
    World Spoof Dns
    Expect Refused Server    name-mismatch    200 s
    Service Should Receive Nothing    30 s
    World Honest
    Expect Console    published    200 s

Changed Records End The Connection
    [Documentation]    Encrypted record 1 is the handshake's (EncryptedExtensions), record 8 the first of the session: MQTT's CONNACK.
    [Tags]    th-all-tls.3
    FOR    ${attack}    IN    flip    replay    inject
        FOR    ${record}    IN    1    8
            Attack Records    ${attack}    ${record}
            Expect Refused Server    bad-record-mac    360 s
            Attack Should Have Struck
            World Honest
            Sensor Set    18.75
            Expect Publish    18.75    200 s
        END
    END

*** Keywords ***
Connect A Device
    Reset Emulation
    Create Device
    Connect Device
