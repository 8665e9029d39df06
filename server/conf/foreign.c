/*
 * foreign.c - see foreign.h.
 *
 * One flat table of all directives of Apache 2.4, from the quick reference of
 * its manual, and the beginnings of names that other modules are known by.
 */
#include "base/arena.h"
#include "conf/foreign.h"

static const struct apache {
	const char	*module;
	const char	*names;		/* with blanks between them */
} apache[] = {
	{ "the core",
	  "<Directory> <DirectoryMatch> <Else> <ElseIf> <Files> "
	  "<FilesMatch> <If> <IfDefine> <IfDirective> <IfFile> <IfModule> "
	  "<IfSection> <Limit> <LimitExcept> <Location> <LocationMatch> "
	  "<VirtualHost> AcceptFilter AcceptPathInfo AccessFileName "
	  "AddDefaultCharset AllowEncodedSlashes AllowOverride "
	  "AllowOverrideList CGIMapExtension CGIPassAuth CGIVar "
	  "ContentDigest DefaultRuntimeDir DefaultType Define "
	  "DocumentRoot EnableMMAP EnableSendfile Error ErrorDocument "
	  "ErrorLog ErrorLogFormat ExtendedStatus FileETag "
	  "FlushMaxPipelined FlushMaxThreshold ForceType GprofDir "
	  "HostnameLookups HttpProtocolOptions Include IncludeOptional "
	  "KeepAlive KeepAliveTimeout LimitInternalRecursion "
	  "LimitRequestBody LimitRequestFields LimitRequestFieldSize "
	  "LimitRequestLine LimitXMLRequestBody LogLevel "
	  "MaxKeepAliveRequests MaxRangeOverlaps MaxRangeReversals "
	  "MaxRanges MergeSlashes MergeTrailers Mutex NameVirtualHost "
	  "Options Protocol Protocols ProtocolsHonorOrder "
	  "QualifyRedirectURL ReadBufferSize RegexDefaultOptions "
	  "RegisterHttpMethod RLimitCPU RLimitMEM RLimitNPROC "
	  "ScriptInterpreterSource SeeRequestTail ServerAdmin ServerAlias "
	  "ServerName ServerPath ServerRoot ServerSignature ServerTokens "
	  "SetHandler SetInputFilter SetOutputFilter StrictHostCheck "
	  "TimeOut TraceEnable UNCList UnDefine UseCanonicalName "
	  "UseCanonicalPhysicalPort" },
	{ "the event MPM",
	  "AsyncRequestWorkerFactor CoreDumpDirectory EnableExceptionHook "
	  "GracefulShutdownTimeout Listen ListenBackLog "
	  "ListenCoresBucketsRatio ListenTCPDeferAccept "
	  "MaxConnectionsPerChild MaxMemFree MaxRequestWorkers "
	  "MaxSpareThreads MinSpareThreads PidFile ReceiveBufferSize "
	  "ScoreBoardFile SendBufferSize ServerLimit StartServers "
	  "ThreadLimit ThreadsPerChild ThreadStackSize" },
	{ "mod_access_compat",
	  "Allow Deny Order Satisfy" },
	{ "mod_actions",
	  "Action Script" },
	{ "mod_alias",
	  "Alias AliasMatch AliasPreservePath Redirect RedirectMatch "
	  "RedirectPermanent RedirectRelative RedirectTemp ScriptAlias "
	  "ScriptAliasMatch" },
	{ "mod_allowmethods",
	  "AllowMethods" },
	{ "mod_auth_basic",
	  "AuthBasicAuthoritative AuthBasicFake AuthBasicProvider "
	  "AuthBasicUseDigestAlgorithm" },
	{ "mod_auth_digest",
	  "AuthDigestAlgorithm AuthDigestDomain AuthDigestNonceLifetime "
	  "AuthDigestProvider AuthDigestQop AuthDigestShmemSize" },
	{ "mod_auth_form",
	  "AuthFormAuthoritative AuthFormBody AuthFormDisableNoStore "
	  "AuthFormFakeBasicAuth AuthFormLocation "
	  "AuthFormLoginRequiredLocation AuthFormLoginSuccessLocation "
	  "AuthFormLogoutLocation AuthFormMethod AuthFormMimetype "
	  "AuthFormPassword AuthFormProvider AuthFormSitePassphrase "
	  "AuthFormSize AuthFormUsername" },
	{ "mod_authn_anon",
	  "Anonymous Anonymous_LogEmail Anonymous_MustGiveEmail "
	  "Anonymous_NoUserID Anonymous_VerifyEmail" },
	{ "mod_authn_core",
	  "<AuthnProviderAlias> AuthName AuthType" },
	{ "mod_authn_dbd",
	  "AuthDBDUserPWQuery AuthDBDUserRealmQuery" },
	{ "mod_authn_dbm",
	  "AuthDBMType AuthDBMUserFile" },
	{ "mod_authn_file",
	  "AuthUserFile" },
	{ "mod_authn_socache",
	  "AuthnCacheContext AuthnCacheEnable AuthnCacheProvideFor "
	  "AuthnCacheSOCache AuthnCacheTimeout" },
	{ "mod_authnz_fcgi",
	  "AuthnzFcgiCheckAuthnProvider AuthnzFcgiDefineProvider" },
	{ "mod_authnz_ldap",
	  "AuthLDAPAuthorizePrefix AuthLDAPBindAuthoritative "
	  "AuthLDAPBindDN AuthLDAPBindPassword AuthLDAPCharsetConfig "
	  "AuthLDAPCompareAsUser AuthLDAPCompareDNOnServer "
	  "AuthLDAPDereferenceAliases AuthLDAPGroupAttribute "
	  "AuthLDAPGroupAttributeIsDN AuthLDAPInitialBindAsUser "
	  "AuthLDAPInitialBindPattern AuthLDAPMaxSubGroupDepth "
	  "AuthLDAPRemoteUserAttribute AuthLDAPRemoteUserIsDN "
	  "AuthLDAPSearchAsUser AuthLDAPSubGroupAttribute "
	  "AuthLDAPSubGroupClass AuthLDAPURL" },
	{ "mod_authz_core",
	  "<AuthzProviderAlias> <RequireAll> <RequireAny> <RequireNone> "
	  "AuthMerging AuthzSendForbiddenOnFailure Require" },
	{ "mod_authz_dbd",
	  "AuthzDBDLoginToReferer AuthzDBDQuery AuthzDBDRedirectQuery" },
	{ "mod_authz_dbm",
	  "AuthDBMGroupFile AuthzDBMType" },
	{ "mod_authz_groupfile",
	  "AuthGroupFile" },
	{ "mod_autoindex",
	  "AddAlt AddAltByEncoding AddAltByType AddDescription AddIcon "
	  "AddIconByEncoding AddIconByType DefaultIcon HeaderName "
	  "IndexHeadInsert IndexIgnore IndexIgnoreReset IndexOptions "
	  "IndexOrderDefault IndexStyleSheet ReadmeName" },
	{ "mod_brotli",
	  "BrotliAlterETag BrotliCompressionMaxInputBlock "
	  "BrotliCompressionQuality BrotliCompressionWindow "
	  "BrotliFilterNote" },
	{ "mod_buffer",
	  "BufferSize" },
	{ "mod_cache",
	  "CacheDefaultExpire CacheDetailHeader CacheDisable CacheEnable "
	  "CacheHeader CacheIgnoreCacheControl CacheIgnoreHeaders "
	  "CacheIgnoreNoLastMod CacheIgnoreQueryString "
	  "CacheIgnoreURLSessionIdentifiers CacheKeyBaseURL "
	  "CacheLastModifiedFactor CacheLock CacheLockMaxAge "
	  "CacheLockPath CacheMaxExpire CacheMinExpire CacheQuickHandler "
	  "CacheStaleOnError CacheStoreExpired CacheStoreNoStore "
	  "CacheStorePrivate" },
	{ "mod_cache_disk",
	  "CacheDirLength CacheDirLevels CacheMaxFileSize "
	  "CacheMinFileSize CacheReadSize CacheReadTime CacheRoot" },
	{ "mod_cache_socache",
	  "CacheSocache CacheSocacheMaxSize CacheSocacheMaxTime "
	  "CacheSocacheMinTime CacheSocacheReadSize CacheSocacheReadTime" },
	{ "mod_cern_meta",
	  "MetaDir MetaFiles MetaSuffix" },
	{ "mod_cgi",
	  "CGIScriptTimeout ScriptLog ScriptLogBuffer ScriptLogLength" },
	{ "mod_charset_lite",
	  "CharsetDefault CharsetOptions CharsetSourceEnc" },
	{ "mod_dav",
	  "Dav DavBasePath DavDepthInfinity DavMinTimeout" },
	{ "mod_dav_fs",
	  "DavLockDB DavLockDiscovery" },
	{ "mod_dav_lock",
	  "DavGenericLockDB" },
	{ "mod_dbd",
	  "DBDExptime DBDInitSQL DBDKeep DBDMax DBDMin DBDParams "
	  "DBDPersist DBDPrepareSQL DBDriver" },
	{ "mod_deflate",
	  "DeflateAlterETag DeflateBufferSize DeflateCompressionLevel "
	  "DeflateFilterNote DeflateInflateLimitRequestBody "
	  "DeflateInflateRatioBurst DeflateInflateRatioLimit "
	  "DeflateMemLevel DeflateWindowSize" },
	{ "mod_dialup",
	  "ModemStandard" },
	{ "mod_dir",
	  "DirectoryCheckHandler DirectoryIndex DirectoryIndexRedirect "
	  "DirectorySlash FallbackResource" },
	{ "mod_dumpio",
	  "DumpIOInput DumpIOOutput" },
	{ "mod_echo",
	  "ProtocolEcho" },
	{ "mod_env",
	  "PassEnv SetEnv UnsetEnv" },
	{ "mod_example_hooks",
	  "Example" },
	{ "mod_expires",
	  "ExpiresActive ExpiresByType ExpiresDefault" },
	{ "mod_ext_filter",
	  "ExtFilterDefine ExtFilterOptions" },
	{ "mod_file_cache",
	  "CacheFile MMapFile" },
	{ "mod_filter",
	  "AddOutputFilterByType FilterChain FilterDeclare FilterProtocol "
	  "FilterProvider FilterTrace" },
	{ "mod_headers",
	  "Header RequestHeader" },
	{ "mod_heartbeat",
	  "HeartbeatAddress" },
	{ "mod_heartmonitor",
	  "HeartbeatListen HeartbeatMaxServers HeartbeatStorage" },
	{ "mod_http2",
	  "H2CopyFiles H2Direct H2EarlyHint H2EarlyHints "
	  "H2MaxDataFrameLen H2MaxHeaderBlockLen H2MaxSessionStreams "
	  "H2MaxStreamErrors H2MaxWorkerIdleSeconds H2MaxWorkers "
	  "H2MinWorkers H2ModernTLSOnly H2OutputBuffering H2Padding "
	  "H2ProxyRequests H2Push H2PushDiarySize H2PushPriority "
	  "H2PushResource H2SerializeHeaders H2StreamMaxMemSize "
	  "H2StreamTimeout H2TLSCoolDownSecs H2TLSWarmUpSize H2Upgrade "
	  "H2WebSockets H2WindowSize" },
	{ "mod_ident",
	  "IdentityCheck IdentityCheckTimeout" },
	{ "mod_imagemap",
	  "ImapBase ImapDefault ImapMenu" },
	{ "mod_include",
	  "SSIEndTag SSIErrorMsg SSIETag SSILastModified "
	  "SSILegacyExprParser SSIStartTag SSITimeFormat SSIUndefinedEcho "
	  "XBitHack" },
	{ "mod_info",
	  "AddModuleInfo" },
	{ "mod_isapi",
	  "ISAPIAppendLogToErrors ISAPIAppendLogToQuery ISAPICacheFile "
	  "ISAPIFakeAsync ISAPILogNotSupported ISAPIReadAheadBuffer" },
	{ "mod_lbmethod_heartbeat",
	  "HeartbeatStorage" },
	{ "mod_ldap",
	  "LDAPCacheEntries LDAPCacheTTL LDAPConnectionPoolTTL "
	  "LDAPConnectionTimeout LDAPLibraryDebug LDAPOpCacheEntries "
	  "LDAPOpCacheTTL LDAPReferralHopLimit LDAPReferrals LDAPRetries "
	  "LDAPRetryDelay LDAPSharedCacheFile LDAPSharedCacheSize "
	  "LDAPTimeout LDAPTrustedClientCert LDAPTrustedGlobalCert "
	  "LDAPTrustedMode LDAPVerifyServerCert" },
	{ "mod_log_config",
	  "BufferedLogs CustomLog GlobalLog LogFormat TransferLog" },
	{ "mod_log_debug",
	  "LogMessage" },
	{ "mod_log_forensic",
	  "ForensicLog" },
	{ "mod_logio",
	  "LogIOTrackTTFB" },
	{ "mod_lua",
	  "LuaAuthzProvider LuaCodeCache LuaHookAccessChecker "
	  "LuaHookAuthChecker LuaHookCheckUserID LuaHookFixups "
	  "LuaHookInsertFilter LuaHookLog LuaHookMapToStorage "
	  "LuaHookPreTranslate LuaHookTranslateName LuaHookTypeChecker "
	  "LuaInherit LuaInputFilter LuaMapHandler LuaOutputFilter "
	  "LuaPackageCPath LuaPackagePath LuaQuickHandler LuaRoot "
	  "LuaScope" },
	{ "mod_macro",
	  "<Macro> UndefMacro Use" },
	{ "mod_md",
	  "<MDomainSet> MDActivationDelay MDBaseServer "
	  "MDCACertificateFile MDCAChallenges MDCertificateAgreement "
	  "MDCertificateAuthority MDCertificateCheck MDCertificateFile "
	  "MDCertificateKeyFile MDCertificateMonitor "
	  "MDCertificateProtocol MDCertificateStatus MDChallengeDns01 "
	  "MDChallengeDns01Version MDCheckInterval MDContactEmail "
	  "MDDriveMode MDExternalAccountBinding MDHttpProxy "
	  "MDHttpProxyCACertificateFile MDInitialDelay MDMatchNames "
	  "MDMember MDMembers MDMessageCmd MDMustStaple MDNotifyCmd "
	  "MDomain MDPortMap MDPrivateKeys MDProfile MDProfileMandatory "
	  "MDRenewMode MDRenewViaARI MDRenewWindow MDRequireHttps "
	  "MDRetryDelay MDRetryFailover MDServerStatus MDStapleOthers "
	  "MDStapling MDStaplingKeepResponse MDStaplingRenewWindow "
	  "MDStoreDir MDStoreLocks MDWarnWindow" },
	{ "mod_mime",
	  "AddCharset AddEncoding AddHandler AddInputFilter AddLanguage "
	  "AddOutputFilter AddType DefaultLanguage ModMimeUsePathInfo "
	  "MultiviewsMatch RemoveCharset RemoveEncoding RemoveHandler "
	  "RemoveInputFilter RemoveLanguage RemoveOutputFilter RemoveType "
	  "TypesConfig" },
	{ "mod_mime_magic",
	  "MimeMagicFile" },
	{ "mod_negotiation",
	  "CacheNegotiatedDocs ForceLanguagePriority LanguagePriority" },
	{ "mod_nw_ssl",
	  "NWSSLTrustedCerts NWSSLUpgradeable SecureListen" },
	{ "mod_privileges",
	  "DTracePrivileges PrivilegesMode VHostCGIMode VHostCGIPrivs "
	  "VHostGroup VHostPrivs VHostSecure VHostUser" },
	{ "mod_proxy",
	  "<Proxy> <ProxyMatch> BalancerGrowth BalancerInherit "
	  "BalancerMember BalancerPersist NoProxy Proxy100Continue "
	  "ProxyAddHeaders ProxyBadHeader ProxyBlock ProxyDomain "
	  "ProxyErrorOverride ProxyIOBufferSize ProxyMaxForwards "
	  "ProxyPass ProxyPassInherit ProxyPassInterpolateEnv "
	  "ProxyPassMatch ProxyPassReverse ProxyPassReverseCookieDomain "
	  "ProxyPassReverseCookiePath ProxyPreserveHost "
	  "ProxyReceiveBufferSize ProxyRemote ProxyRemoteMatch "
	  "ProxyRequests ProxySet ProxySourceAddress ProxyStatus "
	  "ProxyTimeout ProxyVia" },
	{ "mod_proxy_connect",
	  "AllowCONNECT" },
	{ "mod_proxy_express",
	  "ProxyExpressDBMFile ProxyExpressDBMType ProxyExpressEnable" },
	{ "mod_proxy_fcgi",
	  "ProxyFCGIBackendType ProxyFCGISetEnvIf" },
	{ "mod_proxy_ftp",
	  "ProxyFtpDirCharset ProxyFtpEscapeWildcards "
	  "ProxyFtpListOnWildcard" },
	{ "mod_proxy_hcheck",
	  "ProxyHCExpr ProxyHCTemplate ProxyHCTPsize" },
	{ "mod_proxy_html",
	  "ProxyHTMLBufSize ProxyHTMLCharsetOut ProxyHTMLDocType "
	  "ProxyHTMLEnable ProxyHTMLEvents ProxyHTMLExtended "
	  "ProxyHTMLFixups ProxyHTMLInterp ProxyHTMLLinks ProxyHTMLMeta "
	  "ProxyHTMLStripComments ProxyHTMLURLMap" },
	{ "mod_proxy_scgi",
	  "ProxySCGIInternalRedirect ProxySCGISendfile" },
	{ "mod_proxy_wstunnel",
	  "ProxyWebsocketFallbackToProxyHttp" },
	{ "mod_reflector",
	  "ReflectorHeader" },
	{ "mod_remoteip",
	  "RemoteIPHeader RemoteIPInternalProxy RemoteIPInternalProxyList "
	  "RemoteIPProxiesHeader RemoteIPProxyProtocol "
	  "RemoteIPProxyProtocolExceptions RemoteIPTrustedProxy "
	  "RemoteIPTrustedProxyList" },
	{ "mod_reqtimeout",
	  "RequestReadTimeout" },
	{ "mod_request",
	  "KeptBodySize" },
	{ "mod_rewrite",
	  "RewriteBase RewriteCond RewriteEngine RewriteMap "
	  "RewriteOptions RewriteRule" },
	{ "mod_sed",
	  "InputSed OutputSed" },
	{ "mod_session",
	  "Session SessionEnv SessionExclude SessionExpiryUpdateInterval "
	  "SessionHeader SessionInclude SessionMaxAge" },
	{ "mod_session_cookie",
	  "SessionCookieName SessionCookieName2 SessionCookieRemove" },
	{ "mod_session_crypto",
	  "SessionCryptoCipher SessionCryptoDriver "
	  "SessionCryptoPassphrase SessionCryptoPassphraseFile" },
	{ "mod_session_dbd",
	  "SessionDBDCookieName SessionDBDCookieName2 "
	  "SessionDBDCookieRemove SessionDBDDeleteLabel "
	  "SessionDBDInsertLabel SessionDBDPerUser SessionDBDSelectLabel "
	  "SessionDBDUpdateLabel" },
	{ "mod_setenvif",
	  "BrowserMatch BrowserMatchNoCase SetEnvIf SetEnvIfExpr "
	  "SetEnvIfNoCase" },
	{ "mod_so",
	  "LoadFile LoadModule" },
	{ "mod_socache_memcache",
	  "MemcacheConnTTL" },
	{ "mod_socache_redis",
	  "RedisConnPoolTTL RedisTimeout" },
	{ "mod_speling",
	  "CheckBasenameMatch CheckCaseOnly CheckSpelling" },
	{ "mod_ssl",
	  "SSLCACertificateFile SSLCACertificatePath SSLCADNRequestFile "
	  "SSLCADNRequestPath SSLCARevocationCheck SSLCARevocationFile "
	  "SSLCARevocationPath SSLCertificateChainFile SSLCertificateFile "
	  "SSLCertificateKeyFile SSLCipherSuite SSLCompression "
	  "SSLCryptoDevice SSLEngine SSLFIPS SSLHonorCipherOrder "
	  "SSLInsecureRenegotiation SSLOCSPDefaultResponder SSLOCSPEnable "
	  "SSLOCSPNoverify SSLOCSPOverrideResponder SSLOCSPProxyURL "
	  "SSLOCSPResponderCertificateFile SSLOCSPResponderTimeout "
	  "SSLOCSPResponseMaxAge SSLOCSPResponseTimeSkew "
	  "SSLOCSPUseRequestNonce SSLOpenSSLConfCmd SSLOptions "
	  "SSLPassPhraseDialog SSLProtocol SSLProxyCACertificateFile "
	  "SSLProxyCACertificatePath SSLProxyCARevocationCheck "
	  "SSLProxyCARevocationFile SSLProxyCARevocationPath "
	  "SSLProxyCheckPeerCN SSLProxyCheckPeerExpire "
	  "SSLProxyCheckPeerName SSLProxyCipherSuite SSLProxyEngine "
	  "SSLProxyMachineCertificateChainFile "
	  "SSLProxyMachineCertificateFile SSLProxyMachineCertificatePath "
	  "SSLProxyProtocol SSLProxyVerify SSLProxyVerifyDepth "
	  "SSLRandomSeed SSLRenegBufferSize SSLRequire SSLRequireSSL "
	  "SSLSessionCache SSLSessionCacheTimeout SSLSessionTicketKeyFile "
	  "SSLSessionTickets SSLSRPUnknownUserSeed SSLSRPVerifierFile "
	  "SSLStaplingCache SSLStaplingErrorCacheTimeout "
	  "SSLStaplingFakeTryLater SSLStaplingForceURL "
	  "SSLStaplingResponderTimeout SSLStaplingResponseMaxAge "
	  "SSLStaplingResponseTimeSkew SSLStaplingReturnResponderErrors "
	  "SSLStaplingStandardCacheTimeout SSLStrictSNIVHostCheck "
	  "SSLUserName SSLUseStapling SSLVerifyClient SSLVerifyDepth "
	  "SSLVHostSNIPolicy" },
	{ "mod_substitute",
	  "Substitute SubstituteInheritBefore SubstituteMaxLineLength" },
	{ "mod_suexec",
	  "SuexecUserGroup" },
	{ "mod_unixd",
	  "ChrootDir Group Suexec User" },
	{ "mod_userdir",
	  "UserDir" },
	{ "mod_usertrack",
	  "CookieDomain CookieExpires CookieHTTPOnly CookieName "
	  "CookieSameSite CookieSecure CookieStyle CookieTracking" },
	{ "mod_version",
	  "<IfVersion>" },
	{ "mod_vhost_alias",
	  "VirtualDocumentRoot VirtualDocumentRootIP VirtualScriptAlias "
	  "VirtualScriptAliasIP" },
	{ "mod_watchdog",
	  "WatchdogInterval" },
	{ "mod_xml2enc",
	  "xml2EncAlias xml2EncDefault xml2StartParse" },
	{ "the NetWare MPM",
	  "MaxThreads StartThreads" },
	{ "the prefork MPM",
	  "MaxSpareServers MinSpareServers" },
	/* Gone since 2.2. */
	{ "the core of 2.2",
	  "AcceptMutex AddModule BrowserMatchNoCase ClearModuleList "
	  "LockFile Port ResourceConfig AccessConfig ServerType" },
};

/* Families of directives by the beginning of their names. */
static const struct family {
	const char	*begins;
	const char	*whose;
	const char	*instead;	/* what to do */
} families[] = {
	{ "php_", "PHP's module for Apache", "PHP that runs as CGI takes its "
	  "settings from php.ini and .user.ini; put the line into "
	  "<IfModule mod_php.c> to have it passed over" },
	{ "php3_", "PHP's module for Apache", NULL },
	{ "php4_", "PHP's module for Apache", NULL },
	{ "suPHP_", "suPHP", NULL },
	{ "mod_gzip_", "mod_gzip, for Apache 1.3", NULL },
	{ "Perl", "mod_perl", NULL },
	{ "<Perl", "mod_perl", NULL },
	{ "Python", "mod_python", NULL },
	{ "WSGI", "mod_wsgi", NULL },
	{ "Passenger", "Phusion Passenger", NULL },
	{ "Rails", "Phusion Passenger", NULL },
	{ "ModPagespeed", "mod_pagespeed", NULL },
	{ "Fcgid", "mod_fcgid", NULL },
	{ "FastCgi", "mod_fastcgi", NULL },
	{ "Sec", "ModSecurity", NULL },
	{ "QS_", "mod_qos", NULL },
	{ "DAVSvn", "mod_dav_svn", NULL },
	{ "SVN", "mod_dav_svn", NULL },
	{ "AuthzSVN", "mod_authz_svn", NULL },
	{ "AuthMySQL", "mod_auth_mysql", NULL },
	{ "Krb", "mod_auth_kerb", NULL },
	{ "Gssapi", "mod_auth_gssapi", NULL },
	{ "OIDC", "mod_auth_openidc", NULL },
	{ "Mellon", "mod_auth_mellon", NULL },
	{ "Shib", "mod_shib", NULL },
	{ "GeoIP", "mod_geoip", NULL },
	{ "MaxMind", "mod_maxminddb", NULL },
	{ "XSendFile", "mod_xsendfile", NULL },
	{ "AssignUserId", "mpm-itk", NULL },
	{ "RPAF", "mod_rpaf", NULL },
	{ "Jk", "mod_jk", NULL },
	{ "DOS", "mod_evasive", NULL },
	{ "Ruid", "mod_ruid2", NULL },
	{ "RMode", "mod_ruid2", NULL },
};

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

static bool
has_name(const char *names, struct str name)
{
	struct str rest = str_of(names), word;

	while (str_word(&rest, &word))
		if (str_eq_nocase(word, name))
			return true;
	return false;
}

const char *
foreign_apache(struct arena *a, struct str name)
{
	for (size_t i = 0; i < COUNT(apache); i++)
		if (has_name(apache[i].names, name))
			return str_zfmt(a, "it is a directive of %s%s, which "
			    "is not built in; see differences.html in the "
			    "manual", str_starts(str_of(apache[i].module),
			    STR("mod_")) ? "Apache's " : "",
			    apache[i].module);
	return NULL;
}

const char *
foreign_family(struct arena *a, struct str name)
{
	for (size_t i = 0; i < COUNT(families); i++) {
		const struct family *f = &families[i];

		if (str_starts_nocase(name, str_of(f->begins)))
			return str_zfmt(a, "it looks like a directive of %s, "
			    "which is not built in%s%s", f->whose,
			    f->instead != NULL ? "; " : "",
			    f->instead != NULL ? f->instead : "");
	}
	return NULL;
}
